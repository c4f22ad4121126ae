"""The figures of a trained model on words that it has not seen, and a record of them that can be checked."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from transformer.checks import check_non_negative_int
from transformer.spelling.cmudict import read_dictionary, split_dictionary
from transformer.spelling.scores import Scores, score_entries, score_words
from transformer.spelling.speller import Speller
from transformer.training.files import write_whole

TOLERANCE = 0.05  # points of word error rate: another CPU rounds differently, and a near tie may fall the other way


@dataclass(frozen=True)
class Evaluation:
    """Figures, with all that they depend on.

    Args:
        weights: SHA-256 of the model's file.
        dictionary: SHA-256 of the dictionary's file.
        part: "dev" or "test".
        beam_size: How many beginnings were followed.
        length_penalty: See ``beam_search``.
        words: Any pronunciation of a word counts.
        entries: Every entry counts by itself.
    """

    weights: str
    dictionary: str
    part: str
    beam_size: int
    length_penalty: float
    words: Scores
    entries: Scores

    def save(self, path: Path) -> None:
        """Write the record, whole or not at all."""
        write_whole(path, (json.dumps(asdict(self), indent=1) + "\n").encode())

    @classmethod
    def load(cls, path: Path) -> "Evaluation":
        """Read a record.

        Args:
            path: A file of ``save``.

        Returns:
            The figures.

        Raises:
            OSError: The file is not there, is a folder or may not be read.
            ValueError: The file is no such record.
        """
        try:
            values = json.loads(path.read_text(encoding="utf-8-sig"))
            found = cls(**values | {rule: Scores(**values[rule]) for rule in ("words", "entries")})
            for scores in (found.words, found.entries):
                for name, count in asdict(scores).items():
                    check_non_negative_int(name, count)  # NaN would equal every figure
            return found
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ValueError(f"{path} is no record of an evaluation ({error})") from error

    def check(self, path: Path) -> None:
        """Refuse a record that says something else.

        Args:
            path: The record.

        Raises:
            OSError: The file is not there, is a folder or may not be read.
            ValueError: The record is of other weights, data or search, or a word error rate differs by more than 0.05 points.
        """
        recorded = Evaluation.load(path)
        for name in ("weights", "dictionary", "part", "beam_size", "length_penalty"):
            if getattr(recorded, name) != getattr(self, name):
                raise ValueError(
                    f"{path} was made with {name} = {getattr(recorded, name)}, and this run with {getattr(self, name)}"
                )
        for rule, mine, theirs in (("words", self.words, recorded.words), ("entries", self.entries, recorded.entries)):
            if mine.items != theirs.items or abs(mine.word_error_rate - theirs.word_error_rate) > TOLERANCE:
                raise ValueError(
                    f"{path} says {theirs.wrong} of {theirs.items} {rule} are wrong, this run {mine.wrong} of {mine.items}"
                )

    def __str__(self) -> str:
        """Draw a table that fits on a phone."""
        lines = [f"{'rule':17}{'items':>7}{'WER':>7}{'PER':>7}"]
        for rule, scores in (("any pronunciation", self.words), ("every entry", self.entries)):
            lines.append(f"{rule:17}{scores.items:7,}{scores.word_error_rate:7.2f}{scores.phone_error_rate:7.2f}")
        return "\n".join([*lines, f"{self.part} part, beam {self.beam_size}, length penalty {self.length_penalty}"])


def evaluate(model: Path, dictionary: Path, part: str, beam_size: int, length_penalty: float) -> Evaluation:
    """Let a model say a part of the dictionary, and count its errors.

    Args:
        model: A trained model's file.
        dictionary: A file in the format of CMUdict.
        part: "dev" or "test".
        beam_size: How many beginnings are followed.
        length_penalty: See ``beam_search``.

    Returns:
        The figures.

    Raises:
        OSError: A file is not there, is a folder or may not be read.
        ValueError: A file is damaged, or a number is out of range.
    """
    words = split_dictionary(read_dictionary(dictionary))[part]
    found = Speller.load(model).suggest(list(words), beam_size=beam_size, length_penalty=length_penalty)
    answers = {word: sounds[0] for word, sounds in zip(words, found, strict=True)}
    return Evaluation(
        weights=digest_of(model),
        dictionary=digest_of(dictionary),
        part=part,
        beam_size=beam_size,
        length_penalty=length_penalty,
        words=score_words(answers, words),
        entries=score_entries(answers, words),
    )


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
