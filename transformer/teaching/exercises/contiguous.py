"""Exercises of the page on contiguous(): strides, the rule of view, and merging the heads."""

from itertools import accumulate
from operator import mul

import torch
from torch import Tensor

from transformer.teaching.exercises.core import Exercise, Mistake

Sizes = tuple[int, ...]


def contiguous_strides(shape: Sizes) -> Sizes:
    """Return the strides of a contiguous tensor of this shape."""
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= size
    return tuple(reversed(strides))


def _own_size_too(shape: Sizes) -> Sizes:
    return tuple(accumulate(reversed(shape), mul))[::-1]


def _first_fastest(shape: Sizes) -> Sizes:
    return tuple(accumulate((1, *shape[:-1]), mul)) if shape else ()


def _reversed(shape: Sizes) -> Sizes:
    return contiguous_strides(shape)[::-1]


CONTIGUOUS_STRIDES = Exercise(
    contiguous_strides,
    inputs=("(2, 3)", "(3, 1, 2)", "(7,)", "(2, 5, 3)", "(2, 3, 5, 7)"),
    mistakes=(
        Mistake(
            _own_size_too, "A step along a dimension passes everything to its right, but not its own size: the last stride is 1."
        ),
        Mistake(_reversed, "The order is turned around: the last dimension is the one whose numbers lie side by side."),
        Mistake(
            _first_fastest, "Here the first dimension would be the one whose numbers lie side by side. In torch it is the last."
        ),
    ),
)


def can_view(shape: Sizes, stride: Sizes, new_shape: Sizes) -> bool:
    """Say whether a tensor of this shape and stride can be viewed as the new shape."""
    try:
        torch.empty_strided(shape, stride).view(new_shape)
    except RuntimeError:
        return False
    return True


def _by_runs(shape: Sizes, stride: Sizes, new_shape: Sizes, *, see_ones: bool = False, own_size: bool = False) -> bool:
    runs: list[int] = []
    before: tuple[int, int] | None = None  # size and stride of the dimension to the left
    for size, step in zip(shape, stride, strict=True):
        if size == 1 and not see_ones:
            continue
        if before and before[1] == step * (before[0] if own_size else size):
            runs[-1] *= size
        else:
            runs.append(size)
        before = size, step
    return set(accumulate(runs, mul)) <= set(accumulate(new_shape, mul))


def _only_contiguous(shape: Sizes, stride: Sizes, new_shape: Sizes) -> bool:  # noqa: ARG001 - the mistake is to leave it out
    return stride == contiguous_strides(shape)


def _always(shape: Sizes, stride: Sizes, new_shape: Sizes) -> bool:  # noqa: ARG001 - the mistake is to leave it out
    return torch.Size(shape).numel() == torch.Size(new_shape).numel()


def _ones_count(shape: Sizes, stride: Sizes, new_shape: Sizes) -> bool:
    return _by_runs(shape, stride, new_shape, see_ones=True)


def _size_of_the_left(shape: Sizes, stride: Sizes, new_shape: Sizes) -> bool:
    return _by_runs(shape, stride, new_shape, own_size=True)


CAN_VIEW = Exercise(
    can_view,
    inputs=(
        "(2, 3), (3, 1), (6,)",
        "(3, 2), (1, 3), (6,)",
        "(3, 2), (1, 3), (3, 2, 1)",
        "(2, 1, 3), (3, 7, 1), (6,)",
        "(3, 2), (0, 1), (6,)",
        "(2, 5, 2), (15, 3, 1), (10, 2)",
        "(2, 5, 2), (15, 3, 1), (2, 10)",
        "(2, 5, 3, 7), (105, 7, 35, 1), (2, 5, 21)",
        "(3, 2, 5, 7), (35, 105, 7, 1), (3, 2, 35)",
    ),
    mistakes=(
        Mistake(
            _only_contiguous,
            "Too strict: only dimensions that become one must lie together in memory. A view that only splits always works.",
        ),
        Mistake(_always, "The number of elements is not enough: dimensions that become one must follow each other in memory."),
        Mistake(_ones_count, "Nobody takes a step along a dimension of size 1, so its stride does not matter: leave it out."),
        Mistake(
            _size_of_the_left, "The rule is stride[i] == stride[i + 1] * size[i + 1]: the size is that of the right dimension."
        ),
    ),
)


def merge_heads(x: Tensor) -> Tensor:
    """Merge (batch, heads, length, d_k) into (batch, length, heads * d_k)."""
    return x.transpose(1, 2).flatten(2)


def _without_transpose(x: Tensor) -> Tensor:
    return x.reshape(x.shape[0], x.shape[2], -1)


def _without_contiguous(x: Tensor) -> Tensor:
    return x.transpose(1, 2).view(x.shape[0], x.shape[2], -1)


def _numbers_interleaved(x: Tensor) -> Tensor:
    return x.movedim(1, -1).flatten(2)


MERGE_HEADS = Exercise(
    merge_heads,
    inputs=(
        "torch.arange(12.).view(1, 2, 3, 2)",
        "torch.arange(20.).view(2, 5, 1, 2)",
        "torch.arange(60.).view(2, 3, 5, 2)",
        "torch.arange(60).view(2, 5, 3, 2).transpose(1, 2)",
        "torch.arange(70.).double().view(2, 1, 5, 7)",
    ),
    mistakes=(
        Mistake(
            _without_transpose,
            "The shape is right and the tokens are mixed: without the transpose a row is filled from one head, with several "
            "tokens. contiguous() does not help here; transpose first.",
        ),
        Mistake(
            _without_contiguous,
            "After the transpose, heads and d_k no longer lie together, and view merges only what does. "
            "Put contiguous() before it, or use flatten(2).",
        ),
        Mistake(_numbers_interleaved, "The heads' numbers are interleaved. They come head after head: heads third, d_k last."),
    ),
)
