"""A whole task of tokens: byte-pair encoding, learned and used."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

from transformer.teaching.exercises.core import Exercise, Mistake


def byte_pairs(corpus: str, num_merges: int, text: str) -> list[bytes]:
    """Learn ``num_merges`` merges from ``corpus``, and return the tokens of ``text``, each as its bytes.

    Both strings begin as their UTF-8 bytes. A merge joins the pair of tokens that stands side by side most often in ``corpus``;
    of pairs that are equally frequent, the one that stands there first. It joins the pair wherever it stands, from left to
    right. Stop early if no pair is left.
    """

    def join(parts: list[bytes], pair: tuple[bytes, bytes]) -> list[bytes]:
        joined: list[bytes] = []
        for part in parts:
            if joined and (joined[-1], part) == pair:
                joined[-1] += part
            else:
                joined.append(part)
        return joined

    learned, said = ([bytes([byte]) for byte in string.encode()] for string in (corpus, text))
    for _ in range(num_merges):
        pairs = Counter(pairwise(learned))
        if not pairs:
            break
        best = max(pairs, key=lambda pair: pairs[pair])
        learned, said = join(learned, best), join(said, best)
    return said


Parts = list[bytes]
Pair = tuple[bytes, bytes]


def _bytes_of(string: str) -> Parts:
    return [bytes([byte]) for byte in string.encode()]


def _joined(parts: Parts, pair: Pair) -> Parts:
    out: Parts = []
    for part in parts:
        if out and (out[-1], part) == pair:
            out[-1] += part
        else:
            out.append(part)
    return out


def _merges(corpus: Parts, num_merges: int, best: Callable[[Counter[Pair]], Pair]) -> list[Pair]:
    found: list[Pair] = []
    while len(found) < num_merges and len(corpus) > 1:
        found.append(best(Counter(pairwise(corpus))))
        corpus = _joined(corpus, found[-1])
    return found


def _most(pairs: Counter[Pair]) -> Pair:
    return pairs.most_common(1)[0][0]


def _applied(text: Parts, merges: list[Pair]) -> Parts:
    for pair in merges:
        text = _joined(text, pair)
    return text


def _characters(corpus: str, num_merges: int, text: str) -> Parts:
    merges = _merges([letter.encode() for letter in corpus], num_merges, _most)
    return _applied([letter.encode() for letter in text], merges)


def _counted_once(corpus: str, num_merges: int, text: str) -> Parts:
    parts = _bytes_of(corpus)
    pairs = Counter(pairwise(parts))
    return _applied(_bytes_of(text), [pair for pair, _ in pairs.most_common(num_merges)])


def _longest_first(corpus: str, num_merges: int, text: str) -> Parts:
    merged = {one + other for one, other in _merges(_bytes_of(corpus), num_merges, _most)}
    rest, out = text.encode(), list[bytes]()
    while rest:
        out.append(max([rest[:1], *(token for token in merged if rest.startswith(token))], key=len))
        rest = rest[len(out[-1]) :]
    return out


def _learned_last_first(corpus: str, num_merges: int, text: str) -> Parts:
    return _applied(_bytes_of(text), _merges(_bytes_of(corpus), num_merges, _most)[::-1])


def _last_of_equals(corpus: str, num_merges: int, text: str) -> Parts:
    def last(pairs: Counter[Pair]) -> Pair:
        return max(reversed(pairs), key=lambda pair: pairs[pair])

    return _applied(_bytes_of(text), _merges(_bytes_of(corpus), num_merges, last))


def _learns_from_the_text(corpus: str, num_merges: int, text: str) -> Parts:  # noqa: ARG001 - the mistake is to leave it out
    return byte_pairs(text, num_merges, text)


def _never_ends_early(corpus: str, num_merges: int, text: str) -> Parts:
    parts, merges = _bytes_of(corpus), list[Pair]()
    for _ in range(num_merges):
        merges.append(_most(Counter(pairwise(parts))))
        parts = _joined(parts, merges[-1])
    return _applied(_bytes_of(text), merges)


BYTE_PAIRS = Exercise(
    byte_pairs,
    inputs=(
        "'ab', 0, 'ab'",
        "'abab', 1, 'cab'",
        "'hug pug hug', 2, 'hugs'",
        "'anxanynazna', 2, 'nana'",
        "'aaaa', 5, 'aaaaa'",
        "'low low lower newest newest', 6, 'lowest slow'",
        "'明月，明日', 7, '明天'",
        "'日本語 naïve ' * 3 + 'banana', 19, 'naïve bananas, 日'",
    ),
    mistakes=(
        Mistake(_characters, "The first tokens are bytes: text.encode(). A Chinese character is three of them."),
        Mistake(
            _counted_once,
            "Count again after each merge. The new token stands in new pairs, which may be the next to be joined.",
        ),
        Mistake(
            _longest_first,
            "Make the merges in the order in which they were learned. To take the longest token that fits is WordPiece's way.",
        ),
        Mistake(_learned_last_first, "The merge that was learned first comes first: a later one may join what it has made."),
        Mistake(_last_of_equals, "Of equally frequent pairs, take the one that stands first in corpus, as max and Counter do."),
        Mistake(_learns_from_the_text, "The merges are learned from corpus. text is only cut with them."),
        Mistake(_never_ends_early, "When corpus is a single token, no pair is left: stop there."),
    ),
)
