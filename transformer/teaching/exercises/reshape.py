"""Exercises of the page on reshape: write through to the original, and tell sharing from copying."""

import torch
from torch import Tensor

from transformer.teaching.exercises.core import Exercise, Fact, Mistake


def zero_head(weight: Tensor, head: int, num_heads: int) -> None:
    """Set the columns of one head in the output projection's weight to 0, in place."""
    weight.chunk(num_heads, dim=1)[head].zero_()


def _through_reshape(weight: Tensor, head: int, num_heads: int) -> None:
    weight.t().reshape(num_heads, -1)[head] = 0


def _rows(weight: Tensor, head: int, num_heads: int) -> None:
    weight.chunk(num_heads)[head].zero_()


def _in_a_copy(weight: Tensor, head: int, num_heads: int) -> Tensor:
    changed = weight.clone()
    zero_head(changed, head, num_heads)
    return changed


def _through_view(weight: Tensor, head: int, num_heads: int) -> None:
    weight.t().view(num_heads, -1)[head] = 0


def _nothing(output: object, arguments: object) -> list[Fact]:  # noqa: ARG001 - what counts is what became of the weight
    return []


ZERO_HEAD = Exercise(
    zero_head,
    inputs=(
        "torch.arange(1., 17.).view(4, 4), 1, 2",
        "torch.arange(1., 37.).view(6, 6), 0, 3",
        "torch.arange(1., 37.).view(6, 6).t(), 2, 3",
        "torch.arange(1., 67.).double().view(11, 6), 1, 2",
    ),
    mistakes=(
        Mistake(
            _through_reshape,
            "reshape made a copy, because the transpose cannot be viewed like this, and the zeros went into the copy. "
            "Assign by index, or use unflatten, which always shares memory.",
        ),
        Mistake(_rows, "A head owns rows in q_proj. In out_proj, which takes the merged heads in, it owns columns."),
        Mistake(_in_a_copy, "The zeros went into a new tensor. Write into weight itself."),
        Mistake(_through_view, "view refuses to merge what no longer lies together. Split the columns, and merge nothing."),
    ),
    facts=_nothing,
)


def shares_memory(tensor: Tensor, shape: tuple[int, ...]) -> bool:
    """Say whether ``tensor.reshape(shape)`` shares memory with the tensor."""
    return tensor.reshape(shape).data_ptr() == tensor.data_ptr()


def _contiguous(tensor: Tensor, shape: tuple[int, ...]) -> bool:  # noqa: ARG001 - the mistake is to leave it out
    return tensor.is_contiguous()


def _same_object(tensor: Tensor, shape: tuple[int, ...]) -> bool:
    return tensor.reshape(shape) is tensor


def _equal_numbers(tensor: Tensor, shape: tuple[int, ...]) -> bool:
    return torch.equal(tensor.reshape(shape).flatten(), tensor.flatten())


SHARES_MEMORY = Exercise(
    shares_memory,
    inputs=(
        "torch.arange(6).view(2, 3), (3, 2)",
        "torch.arange(6).view(2, 3).t(), (2, 3)",
        "torch.arange(6).view(2, 3).t(), (3, 2, 1)",
        "torch.arange(30).view(2, 5, 3)[:, :, :2], (10, 2)",
        "torch.arange(30).view(2, 5, 3)[:, :, :2], (20,)",
        "torch.zeros(2, 5, 1, 7).transpose(1, 2), (2, 5, 7)",
        "torch.zeros(2, 5, 3, 7).transpose(1, 2), (2, 15, 7)",
    ),
    mistakes=(
        Mistake(
            _contiguous,
            "Too strict: a tensor that is not contiguous can still be viewed, if the dimensions that are merged lie together. "
            "Compare the addresses, data_ptr(), before and after.",
        ),
        Mistake(
            _same_object,
            "reshape makes a new tensor object even where it copies nothing. What counts is the memory: compare data_ptr().",
        ),
        Mistake(_equal_numbers, "A copy holds equal numbers too. What counts is where they lie: compare data_ptr()."),
    ),
)
