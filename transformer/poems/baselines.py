"""Poems and figures that a poet is compared with: counts, a compressor, lines that were shuffled."""

import random
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from transformer.poems.forms import Characters, Poem, form_of
from transformer.poems.ngram import KneserNey

PPMD_ORDER = 6
PPMD_MEMORY = 1 << 29


def shuffled_lines(poems: Sequence[Poem], seed: int) -> list[Poem]:
    """Deal the lines of all poems out anew, each to a poem of its width.

    Args:
        poems: The poems whose lines are dealt.
        seed: Decides the order.

    Returns:
        As many poems of the same forms, of the same lines.

    Example:
        >>> shuffled_lines([("春", "夏", "秋", "冬")], seed=1)
        [('夏', '秋', '春', '冬')]
    """
    lines: defaultdict[int, list[str]] = defaultdict(list)
    for poem in poems:
        lines[len(poem[0])].extend(poem)
    chance = random.Random(seed)  # noqa: S311 - no secret
    for same in lines.values():
        chance.shuffle(same)
    return [tuple(lines[len(poem[0])].pop() for _ in poem) for poem in poems]


def counted_poems(model: KneserNey, poems: Sequence[Poem], seed: int) -> list[Poem]:
    """Let an n-gram model write a poem of the form of each given one."""
    chance = np.random.default_rng(seed)
    forms = [form_of(poem) for poem in poems]
    return [model.write(form, chance) for form in forms if form]


def compressed_bits(train: Sequence[Poem], test: Sequence[Poem], characters: Characters, *, order: int = PPMD_ORDER) -> float:
    """Measure how many bits more PPMd needs for the training part and the test part than for the first alone.

    Args:
        train: What it has read before.
        test: What is measured.
        characters: An unknown one is written as 〇.
        order: How many bytes before a byte it looks at.

    Returns:
        Bits for each character of the test part; where a poem ends is told to it too.

    Raises:
        ValueError: pyppmd is not installed.

    Source:
        Shkarin 2002 (PPM: one step to practicality), variant I.
    """
    try:
        from pyppmd import Ppmd8Encoder
    except ModuleNotFoundError as error:
        raise ValueError("pyppmd is not installed: pip install 'transformer-checked[poems]'") from error

    def size(*parts: Sequence[Poem]) -> int:
        encoder = Ppmd8Encoder(order, PPMD_MEMORY)
        rows = ("".join(poem) for part in parts for poem in part)
        text = "".join("".join(sign if sign in characters else "〇" for sign in row) + "\n" for row in rows)
        return len(encoder.encode(text.encode())) + len(encoder.flush())

    return 8 * (size(train, test) - size(train)) / sum(len(line) for poem in test for line in poem)
