"""Keys and values of what has been read, and the positions at which they stand.

What a key may be seen by depends on its position, not on its place in the cache. So a cache may be filled at once or in chunks,
may begin with padding, may lose what is too old, and may be shared by texts that begin alike.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from transformer.checks import check_indexes, check_non_negative_int
from transformer.today.checks import check_padding, check_slot
from transformer.today.visible import Rule


class LayerCache:
    """What one attention keeps.

    Args:
        keep: A rule; what it hides from the next position is dropped. It must be one by which that stays hidden from all later
            positions too, as ``window`` and ``sink`` are. None keeps everything.

    Raises:
        TypeError: ``keep`` is no function.

    Source:
        Jiang et al. 2023 (Mistral 7B), section 2, for the cache that rolls.

    Example:
        >>> from transformer.today.visible import window
        >>> layer, numbers, place = LayerCache(window(3)), torch.zeros(1, 1, 5, 2), torch.arange(5)[None]
        >>> layer.append(numbers, numbers, place)[2]  # this call still sees all of its own
        tensor([[0, 1, 2, 3, 4]])
        >>> layer.positions  # what position 5 will see, but for itself
        tensor([[3, 4]])
    """

    def __init__(self, keep: Rule | None = None) -> None:
        if keep is not None:
            check_slot("keep", keep)
        self.keep = keep
        self._seen: tuple[Tensor, Tensor, Tensor] | None = None

    @property
    def positions(self) -> Tensor | None:
        """The positions of the keys, (batch, key), or None before the first call."""
        return None if self._seen is None else self._seen[2]

    def append(self, key: Tensor, value: Tensor, positions: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Let new keys and values join the old ones.

        Args:
            key: (batch, heads, new, head_dim), turned already if they turn.
            value: (batch, heads, new, head_dim).
            positions: Where they stand, (batch or 1, new).

        Returns:
            All keys, all values and all positions, (batch, all).

        Raises:
            ValueError: The cache has another number of rows.
        """
        found = key, value, positions.expand(key.shape[0], -1)
        if self._seen is not None:
            if self._seen[0].shape[0] != key.shape[0]:
                raise ValueError(f"x has {key.shape[0]} rows, but the cache has {self._seen[0].shape[0]}")
            old_key, old_value, old_positions = self._seen
            found = torch.cat([old_key, key], 2), torch.cat([old_value, value], 2), torch.cat([old_positions, found[2]], 1)
        self._seen = found
        if self.keep is not None:
            shown = self.keep(found[2][:, -1:] + 1, found[2]).any(0).nonzero().squeeze(1)
            self._seen = found[0][:, :, shown], found[1][:, :, shown], found[2][:, shown]
        return found

    def numel(self) -> int:
        """Count the numbers of keys and values that are kept."""
        return 0 if self._seen is None else self._seen[0].numel() + self._seen[1].numel()

    def _changed(self, rows: Tensor | slice, end: int | None) -> "LayerCache":
        copy = LayerCache(self.keep)
        if self._seen is not None:
            key, value, positions = self._seen
            copy._seen = key[rows, :, :end], value[rows, :, :end], positions[rows, :end]
        return copy


class Cache:
    """What a whole model keeps while it reads a text in pieces; ``LanguageModel.cache`` makes one that fits.

    Nothing that it hands out is written to later, so what ``rows`` and ``without_newest`` return shares numbers with it safely.

    Args:
        layers: One ``LayerCache`` for each block.
        padding: How many tokens of padding each row begins with, (batch,). None means none.

    Raises:
        TypeError: ``padding`` is not a tensor of int64 or int32.
        ValueError: It is not one-dimensional, or a number is below 0.

    Source:
        Shazeer 2019, section 2.4.1, for keeping keys and values.

    Example:
        >>> cache = Cache([LayerCache()], padding=torch.tensor([0, 2]))
        >>> cache.take(torch.zeros(2, 4).long())
        tensor([[ 0,  1,  2,  3],
                [-2, -1,  0,  1]])
    """

    def __init__(self, layers: Sequence[LayerCache], padding: Tensor | None = None) -> None:
        if padding is not None:
            check_padding(padding)
        self.layers = list(layers)
        self.next = torch.zeros(1, 1, dtype=torch.int64) if padding is None else -padding.unsqueeze(1)
        """The position of the next token, (batch or 1, 1)."""

    def take(self, tokens: Tensor, positions: Tensor | None = None) -> Tensor:
        """Give new tokens the positions after those that have been read, or take note of the positions that they have."""
        if positions is None:
            positions = self.next.to(tokens.device) + torch.arange(tokens.shape[1], device=tokens.device)
        self.next = positions[:, -1:] + 1
        return positions

    def rows(self, rows: Tensor) -> "Cache":
        """Make a cache whose rows go on from those of this one.

        Args:
            rows: For each new row, the row whose past it gets, (rows,). A cache of one row may serve many: ``rows`` of zeros.

        Returns:
            Another cache; this one stays as it is.

        Raises:
            TypeError: ``rows`` is not a tensor of int64 or int32.
            ValueError: It has another shape, or names a row that is not there.
        """
        count = max((0 if layer.positions is None else layer.positions.shape[0] for layer in self.layers), default=0)
        check_indexes("rows", rows, count)
        return self._changed(self.next if self.next.shape[0] == 1 else self.next[rows], rows, None)

    def without_newest(self, count: int) -> "Cache":
        """Make a cache that has not read the newest tokens.

        Args:
            count: How many tokens are taken back.

        Returns:
            Another cache; this one stays as it is.

        Raises:
            TypeError: ``count`` is not an int.
            ValueError: ``count`` is below 0 or above what was read, or a layer drops what is old: it may lack what was seen then.
        """
        check_non_negative_int("count", count)
        if any(layer.keep is not None for layer in self.layers):
            raise ValueError("tokens cannot be taken back from a cache whose layers drop old keys")
        for layer in self.layers:
            read = 0 if layer.positions is None else layer.positions.shape[1]
            if count > read:
                raise ValueError(f"count must be at most the {read} tokens that were read, got {count}")
        return self._changed(self.next - count, slice(None), -count or None)

    def numel(self) -> int:
        """Count the numbers of keys and values that are kept."""
        return sum(layer.numel() for layer in self.layers)

    def _changed(self, following: Tensor, rows: Tensor | slice, end: int | None) -> "Cache":
        copy = Cache([layer._changed(rows, end) for layer in self.layers])
        copy.next = following
        return copy
