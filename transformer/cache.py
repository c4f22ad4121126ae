"""What a decoder that reads token by token keeps, so that nothing is computed twice.

A causal decoder never changes its mind about the past: the keys and values of position t depend on tokens 0 to t alone. So a
step needs the newest tokens only, and their keys and values join those of the steps before. The memory does not change at all:
its keys and values are computed once.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from transformer.attention import needs_care
from transformer.checks import known

Pair = tuple[Tensor, Tensor]
"""Keys and values, each (batch, heads, key, d_k)."""


Keys = Callable[[Callable[[], Pair], Tensor | None], tuple[Tensor, Tensor, bool]]
"""Where an attention gets its keys and values from: given a function that computes those of what the attention was given, and the
mask, it returns keys, values, and whether the mask hides something that must be taken out before any product.
"""


def projected(project: Callable[[], Pair], mask: Tensor | None) -> tuple[Tensor, Tensor, bool]:
    """Keep nothing: the keys and values are those of what the attention was given."""
    key, value = project()
    return key, value, needs_care(key, value, mask)


class JointProduct:
    """Several linear layers with one input as one product, which costs less than theirs. Their weights are copied."""

    def __init__(self, projections: Sequence[nn.Linear]) -> None:
        biases: list[Tensor] = [projection.bias for projection in projections if projection.bias is not None]
        self.number = len(projections)
        weights: list[Tensor] = [projection.weight for projection in projections]
        self.weight = torch.cat(weights)
        self.bias = torch.cat(biases) if biases else None

    def __call__(self, x: Tensor) -> tuple[Tensor, ...]:
        """Apply each of them."""
        return F.linear(x, self.weight, self.bias).chunk(self.number, -1)


def is_plain(module: nn.Module, kinds: Container[type[nn.Module]]) -> bool:
    """Tell whether a module is of one of these classes, not of a subclass, and nothing else sees it called."""
    everywhere = torch.nn.modules.module._global_forward_hooks or torch.nn.modules.module._global_forward_pre_hooks
    hooked = module._forward_hooks or module._forward_pre_hooks or everywhere
    return type(module) in kinds and not hooked and {"forward", "encode", "decode"}.isdisjoint(vars(module))


class Past:
    """The keys and values of every token that a self-attention has read, at most ``max_length``."""

    def __init__(self, max_length: int) -> None:
        self.max_length = max_length
        self.length = 0
        self.product: JointProduct | None = None
        self._slabs: Tensor | None = None  # one slab a position: a step writes one, and only full ones are ever copied

    def __call__(self, project: Callable[[], Pair], mask: Tensor | None) -> tuple[Tensor, Tensor, bool]:
        """Let the newest keys and values join the others, and give all of them."""
        newest = project()
        rows, heads, new, d_k = newest[0].shape
        if self._slabs is None:
            self._slabs = newest[0].new_empty(self.max_length, 2, rows, heads, d_k)
        end = self.length + new
        for kind, x in enumerate(newest):
            self._slabs[self.length : end, kind] = x.permute(2, 0, 1, 3)
        self.length = end
        key, value = self._slabs[:end].permute(1, 2, 3, 0, 4)  # (rows, heads, end, d_k)
        return key, value, needs_care(key, value, mask)

    def project(self, x: Tensor, projections: Sequence[nn.Linear]) -> tuple[Tensor, ...]:
        """Apply projections that share an input in one product, where nothing else would see them called."""
        if not all(is_plain(projection, {nn.Linear}) for projection in projections):
            return tuple(projection(x) for projection in projections)
        if self.product is None:
            self.product = JointProduct(projections)
        return self.product(x)

    def numel(self) -> int:
        """Count the numbers that there is room for."""
        return 0 if self._slabs is None else self._slabs.numel()

    def keep_rows(self, rows: Tensor) -> None:
        """Let each row go on from the past of another."""
        if self._slabs is not None:
            kept = self._slabs.new_empty(*self._slabs.shape[:2], rows.numel(), *self._slabs.shape[3:])
            torch.index_select(self._slabs[: self.length], 2, rows, out=kept[: self.length])
            self._slabs = kept


class Memory:
    """The keys and values of a source, which are the same at each step."""

    def __init__(self) -> None:
        self._kept: tuple[Tensor, Tensor, bool] | None = None

    def __call__(self, project: Callable[[], Pair], mask: Tensor | None) -> tuple[Tensor, Tensor, bool]:
        """Compute them at the first step."""
        if self._kept is None:
            key, value = (x.contiguous() for x in project())  # read again and again
            self._kept = key, value, needs_care(key, value, mask)
        return self._kept

    def numel(self) -> int:
        """Count the numbers that are kept."""
        return 0 if self._kept is None else self._kept[0].numel() + self._kept[1].numel()

    def keep_items(self, items: Tensor) -> None:
        """Go on with some of the items only."""
        if self._kept is not None:
            key, value, careful = self._kept
            self._kept = key[items], value[items], careful


class LayerCache:
    """What one decoder layer keeps."""

    def __init__(self, max_length: int) -> None:
        self.past = Past(max_length)
        self.memory = Memory()


class DecoderCache:
    """What a whole model keeps while it reads its targets in pieces: give it to ``Transformer.forward`` at each of them.

    Each item of the source is decoded in ``beams`` rows, which share its memory: rows i * beams to (i + 1) * beams of the target
    belong to item i.

    Args:
        max_length: The most tokens that a row will get.
        beams: Rows for each item.
    """

    def __init__(self, max_length: int, beams: int = 1) -> None:
        self.max_length = max_length
        self.beams = beams
        self.length = 0  # tokens read
        self.memory: Tensor | None = None
        self._source: Tensor | None = None  # (items, 1, 1, source), if a part of it is padding
        self.layers: defaultdict[int, LayerCache] = defaultdict(lambda: LayerCache(max_length))
        self._seen: Tensor | None = None  # (rows, 1, 1, length), kept from the first padding on

    def read(self, newest: Tensor, source: Tensor | None) -> tuple[Tensor | None, Tensor | None]:
        """Take note of the newest tokens, and tell which of all tokens, and which of the source, may be attended to.

        Args:
            newest: Bool, (rows, 1, 1, newest tokens), True where a token is not padding.
            source: Bool, (items, 1, 1, source), the same for the source; asked for at the first call only.

        Returns:
            The same for every token so far, and for the source; None where none of them is padding.
        """
        before, self.length = self.length, self.length + newest.shape[-1]
        if source is not None and not known(source.all(), False):
            self._source = source
        if self._seen is None and not known(newest.all(), False):
            self._seen = newest.new_ones(*newest.shape[:-1], self.max_length)
        if self._seen is None:
            return None, self._source
        self._seen[..., before : self.length] = newest
        return self._seen[..., : self.length], self._source

    def keep_rows(self, rows: Tensor) -> None:
        """Let each row go on from another row's past; both must belong to the same item."""
        for layer in self.layers.values():
            layer.past.keep_rows(rows)
        if self._seen is not None:
            self._seen = self._seen[rows]

    def keep_items(self, items: Tensor) -> None:
        """Go on with some of the items only."""
        self.keep_rows(rows_of(items, self.beams))
        for layer in self.layers.values():
            layer.memory.keep_items(items)
        if self.memory is not None:
            self.memory = self.memory[items]
        if self._source is not None:
            self._source = self._source[items]


def rows_of(items: Tensor, beams: int) -> Tensor:
    """List the rows of some items.

    Example:
        >>> import torch
        >>> rows_of(torch.tensor([0, 2]), 3)
        tensor([0, 1, 2, 6, 7, 8])
    """
    return (items.unsqueeze(1) * beams + items.new_tensor(range(beams))).flatten()
