"""How far spoken answers are from the dictionary: word and phone error rates, by two rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from rapidfuzz.distance import Levenshtein

from transformer.spelling.cmudict import Dictionary, Pronunciation


@dataclass(frozen=True)
class Scores:
    """What was counted, and the two rates that follow.

    Args:
        items: Words, or entries.
        wrong: Those with a wrong answer.
        phones: Phones of the dictionary's pronunciations.
        edits: Insertions, deletions and substitutions that would turn the answers into these.

    Example:
        >>> Scores(items=8, wrong=2, phones=50, edits=3).word_error_rate
        25.0
    """

    items: int
    wrong: int
    phones: int
    edits: int

    @property
    def word_error_rate(self) -> float:
        """Wrong items, in percent."""
        return 100 * self.wrong / self.items

    @property
    def phone_error_rate(self) -> float:
        """Edits for each phone, in percent."""
        return 100 * self.edits / self.phones


def score_words(answers: Mapping[str, Pronunciation], words: Dictionary) -> Scores:
    """Score each word once: an answer is right if it is one of the word's pronunciations.

    Args:
        answers: One pronunciation for each word.
        words: The pronunciations of the dictionary. The nearest counts for the phones; of equally near ones, the first.

    Returns:
        The counts and rates.

    Raises:
        ValueError: A word has no answer, or there is no word.

    Example:
        >>> score_words({"a": ("EY",), "so": ("S",)}, {"a": [("AH",), ("EY",)], "so": [("S", "OW")]})
        Scores(items=2, wrong=1, phones=3, edits=1)
    """
    pairs = []
    for word, pronunciations in words.items():
        answer = _answer(answers, word)
        pairs.append((answer, min(pronunciations, key=partial(Levenshtein.distance, answer))))
    return _score(pairs)


def score_entries(answers: Mapping[str, Pronunciation], words: Dictionary) -> Scores:
    """Score each entry of the dictionary by itself: of a word's two pronunciations, one answer can meet only one.

    Args:
        answers: One pronunciation for each word.
        words: The pronunciations of the dictionary.

    Returns:
        The counts and rates.

    Raises:
        ValueError: A word has no answer, or there is no word.

    Example:
        >>> score_entries({"a": ("EY",), "so": ("S", "OW")}, {"a": [("AH",), ("EY",)], "so": [("S", "OW")]}).items
        3
    """
    return _score([(_answer(answers, word), right) for word, pronunciations in words.items() for right in pronunciations])


def _answer(answers: Mapping[str, Pronunciation], word: str) -> Pronunciation:
    if word not in answers:
        raise ValueError(f"answers must hold every word, got {len(answers)} without {word!r}")
    return answers[word]


def _score(pairs: Sequence[tuple[Pronunciation, Pronunciation]]) -> Scores:
    if not pairs:
        raise ValueError("words must hold at least one word, got none")
    wrong = sum(answer != right for answer, right in pairs)
    edits = sum(Levenshtein.distance(answer, right) for answer, right in pairs)
    return Scores(len(pairs), wrong, sum(len(right) for _, right in pairs), edits)
