"""What came before: an n-gram model with Kneser and Ney's smoothing, which counts and learns nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transformer.checks import check_positive_int
from transformer.poems.forms import FIRST_FORM, FORMS, SPECIAL, UNKNOWN_ID, Characters, Form, Poem

Ids = NDArray[np.int64]
Chances = NDArray[np.float64]
LEAST = 0.05  # of a discount; only counts of a handful of poems would give less


@dataclass(frozen=True)
class Level:
    """What was counted of contexts of one length.

    Args:
        contexts: Codes of the contexts, sorted: that of the context without its first token, and that token.
        pairs: Codes of a context's number and an event, sorted.
        shares: For each pair, its discounted count divided by all counts of the context.
        rest: For each context, the probability that is left to the shorter one.
    """

    contexts: Ids
    pairs: Ids
    shares: Chances
    rest: Chances


class KneserNey:
    """Predict a character from the ``order - 1`` tokens before it; ends of lines are such tokens, and are given.

    Interpolated, with three discounts for each length of context.

    Args:
        poems: What is counted.
        characters: The vocabulary; unknown characters are one more character.
        order: Tokens of the longest n-gram.

    Raises:
        TypeError: ``order`` is not an int.
        ValueError: ``order`` is below 1.

    Source:
        Chen and Goodman 1999, section 3, "modified Kneser-Ney smoothing".

    Example:
        >>> poems = [("東同銅桐筒", "東同銅桐筒", "東同銅桐童", "東同銅桐東")]
        >>> model = KneserNey(poems, Characters("東同銅桐筒童"), order=3)
        >>> round(float(np.exp(model.nats(poems).mean())), 2)
        1.51
    """

    def __init__(self, poems: Sequence[Poem], characters: Characters, order: int) -> None:
        self.characters = characters
        self.order = check_positive_int("order", order)
        self.line_end, self.before, self.base = len(characters), len(characters) + 1, len(characters) + 2
        contexts, events = self._events(poems)
        numbers, codes = [np.zeros(len(events), np.int64)], [np.zeros(1, np.int64)]
        for back in range(1, order):
            known, number = np.unique(numbers[-1] * self.base + contexts[:, -back], return_inverse=True)
            numbers.append(number)
            codes.append(known)
        self.levels: list[Level] = []
        for length in range(order):
            if length == order - 1:
                pairs, counts = np.unique(numbers[length] * self.base + events, return_counts=True)
            else:  # how many different tokens stood before the n-gram
                longer, event = divmod(np.unique(numbers[length + 1] * self.base + events), self.base)
                pairs, counts = np.unique(codes[length + 1][longer] // self.base * self.base + event, return_counts=True)
            self.levels.append(self._level(codes[length], pairs, counts))

    def nats(self, poems: Sequence[Poem]) -> Chances:
        """Measure how surprising each character of poems is.

        Args:
            poems: Poems of the four forms.

        Returns:
            -ln p of each character, form by form.
        """
        contexts, events = self._events(poems)
        number, seen = np.zeros(len(events), np.int64), np.ones(len(events), bool)
        chance = np.full(len(events), 1 / (len(self.characters) - SPECIAL + 1))  # the unknown one is one more
        for length, level in enumerate(self.levels):
            if length:
                number, here = _find(level.contexts, number * self.base + contexts[:, -length])
                seen &= here
                number[~seen] = 0
            place, counted = _find(level.pairs, number * self.base + events)
            chance = np.where(seen, np.where(counted, level.shares[place], 0.0) + level.rest[number] * chance, chance)
        return -np.log(chance)

    def write(self, form: Form, chance: np.random.Generator) -> Poem:
        """Draw a poem of a form.

        Args:
            form: One of ``FORMS``.
            chance: Where random numbers come from.

        Returns:
            The poem; an unknown character is shown as 〇.
        """
        tokens = [*[self.before] * (self.order - 1), FIRST_FORM + FORMS.index(form)]
        for place in range(form.length):
            if place and place % form.width == 0:
                tokens.append(self.line_end)
            tokens.append(self._drawn(tokens, chance))
        ids = [token for token in tokens if token not in (self.before, self.line_end)]
        return self.characters.decode(ids)

    def _drawn(self, tokens: Sequence[int], chance: np.random.Generator) -> int:
        """Draw a character: from the longest known context with what it gives away, else from the next shorter one."""
        numbers = [0]
        for length in range(1, self.order):
            code = numbers[-1] * self.base + tokens[-length]
            place = int(np.searchsorted(self.levels[length].contexts, code))
            if place == len(self.levels[length].contexts) or self.levels[length].contexts[place] != code:
                break
            numbers.append(place)
        for number, level in reversed(list(zip(numbers, self.levels, strict=False))):
            first, last = np.searchsorted(level.pairs, [number * self.base, (number + 1) * self.base])
            sums = level.shares[first:last].cumsum()
            drawn = int(np.searchsorted(sums, chance.random(), side="right"))
            if drawn < len(sums):
                return int(level.pairs[first + drawn] % self.base)
        other = int(chance.integers(SPECIAL - 1, len(self.characters)))
        return other if other >= SPECIAL else UNKNOWN_ID

    def _level(self, contexts: Ids, pairs: Ids, counts: Ids) -> Level:
        taken = np.minimum(_discounts(counts)[np.minimum(counts, 3)], counts)
        owner = pairs // self.base
        total = np.bincount(owner, weights=counts, minlength=len(contexts))
        rest = np.bincount(owner, weights=taken, minlength=len(contexts)) / total
        return Level(contexts, pairs, (counts - taken) / total[owner], rest)

    def _events(self, poems: Sequence[Poem]) -> tuple[Ids, Ids]:
        """List every character, form by form, with the tokens before it: (events, order - 1) and (events,)."""
        encoded = [self.characters.encode(poem) for poem in poems]
        windows: list[Any] = []
        for number, form in enumerate(FORMS):
            rows = np.array([ids for ids in encoded if ids[0] == FIRST_FORM + number], np.int64).reshape(-1, 1 + form.length)
            ends = np.full((len(rows), form.lines, 1), self.line_end)
            lines = np.concatenate([rows[:, 1:].reshape(-1, form.lines, form.width), ends], axis=2)
            lines = lines.reshape(len(rows), form.lines * (form.width + 1))
            before = np.full((len(rows), self.order - 1), self.before)
            text = np.concatenate([before, rows[:, :1], lines], axis=1)
            window = np.lib.stride_tricks.sliding_window_view(text[:, 1:], self.order, axis=1).reshape(-1, self.order)
            windows.append(window[window[:, -1] < self.line_end])
        whole = np.concatenate(windows)
        return whole[:, :-1], whole[:, -1]


def _discounts(counts: Ids) -> Chances:
    """Compute what is taken from counts of 1, of 2, and of 3 and more; a little at least, so that the rest is never nothing."""
    of = [int((counts == n).sum()) for n in (1, 2, 3, 4)]
    share = of[0] / max(1, of[0] + 2 * of[1])
    wanted = [n - (n + 1) * share * of[n] / max(1, of[n - 1]) for n in (1, 2, 3)]
    return np.array([0.0, *np.maximum(wanted, LEAST)])


def _find(known: Ids, wanted: Ids) -> tuple[Ids, NDArray[np.bool_]]:
    """Say where codes stand among sorted ones, and which of them do; the others are said to stand at 0."""
    place = np.searchsorted(known, wanted)
    place[place == len(known)] = 0
    found = known[place] == wanted
    return np.where(found, place, 0), found
