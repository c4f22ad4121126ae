"""The poems in three parts, none of which tells a line of another."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from transformer.poems.forms import Characters, Poem, all_characters

SEEN = 20  # how often a character must stand in the training part to be known
PARTS_OF = 100


@dataclass(frozen=True)
class Corpus:
    """Poems to learn from, poems to look at on the way, and poems for the test.

    Args:
        train: What a model learns from.
        dev: What it is measured on while it learns.
        test: What it is measured on in the end.

    Example:
        >>> poems = [(f"{a}{b}春夏秋", "冬春夏秋冬", "春夏秋冬春", "夏秋冬春夏") for a in "天地玄黃" for b in "宇宙洪荒"]
        >>> corpus = split_poems(poems)  # each shares a line with another
        >>> len(corpus.train), len(corpus.dev), len(corpus.test)
        (16, 0, 0)
    """

    train: Sequence[Poem]
    dev: Sequence[Poem]
    test: Sequence[Poem]

    def characters(self, seen: int = SEEN) -> Characters:
        """List the characters of the training part, the most frequent first, if they stand there ``seen`` times."""
        counts = Counter(all_characters(self.train))
        known = sorted((symbol for symbol in counts if counts[symbol] >= seen), key=lambda symbol: (-counts[symbol], symbol))
        return Characters("".join(known))


def split_poems(poems: Sequence[Poem]) -> Corpus:
    """Split by a hash of the text: of 100 poems about one is for the test and one is looked at on the way.

    A poem that shares a line with another is for training, and so is that other: a model that has learned a line by heart must
    not meet it in the test.

    Args:
        poems: Different poems.

    Returns:
        The parts. In which a poem is, no other poem decides, unless they share a line.

    Raises:
        ValueError: There is no poem to learn from.
    """
    lines = Counter(line for poem in poems for line in set(poem))
    parts: dict[str, list[Poem]] = {"train": [], "dev": [], "test": []}
    for poem in poems:
        alone = all(lines[line] == 1 for line in poem)
        place = int(sha256("".join(poem).encode()).hexdigest(), 16) % PARTS_OF
        parts[{0: "test", 1: "dev"}.get(place, "train") if alone else "train"].append(poem)
    if not parts["train"]:
        raise ValueError(f"poems must hold at least one to learn from, got {len(poems)}")
    return Corpus(**parts)
