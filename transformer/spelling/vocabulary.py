"""A vocabulary: symbols to ids and back."""

from collections.abc import Sequence
from dataclasses import dataclass

PAD_ID, START_ID, END_ID = 0, 1, 2
SPECIAL = 3  # ids before the first symbol


@dataclass(frozen=True)
class Vocabulary:
    """Give each symbol an id, after those of padding, start and end.

    Args:
        symbols: All symbols, each once; the first has id 3.

    Raises:
        ValueError: A symbol occurs twice, or there is none.

    Example:
        >>> letters = Vocabulary(("a", "b"))
        >>> letters.encode("ba"), letters.decode([4, 3, 2, 0]), len(letters)
        ([4, 3], ('b', 'a'), 5)
    """

    symbols: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse symbols that could not be told apart."""
        different = len(set(self.symbols))
        if not 0 < different == len(self.symbols):
            raise ValueError(f"symbols must be at least one, each once, got {len(self.symbols)}, {different} of them different")

    def __len__(self) -> int:
        """Count the ids, the three special ones among them."""
        return SPECIAL + len(self.symbols)

    def encode(self, symbols: Sequence[str]) -> list[int]:
        """Turn symbols into ids.

        Raises:
            ValueError: A symbol is unknown.
        """
        for symbol in symbols:
            if symbol not in self.symbols:
                raise ValueError(f"{symbol!r} in {symbols!r} is unknown; known are {' '.join(self.symbols)}")
        return [SPECIAL + self.symbols.index(symbol) for symbol in symbols]

    def decode(self, ids: Sequence[int]) -> tuple[str, ...]:
        """Turn ids into symbols, up to the end token or the first padding.

        Raises:
            ValueError: An id stands for no symbol.
        """
        symbols = []
        for token in ids:
            if token in (END_ID, PAD_ID):
                break
            if not SPECIAL <= token < len(self):
                raise ValueError(f"ids must be in [{SPECIAL}, {len(self)}), or end the sequence, got {token}")
            symbols.append(self.symbols[token - SPECIAL])
        return tuple(symbols)
