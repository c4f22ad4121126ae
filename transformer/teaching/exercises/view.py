"""Exercises of the page on view: split the heads, and know what -1 stands for."""

from torch import Tensor

from transformer.teaching.exercises.core import Exercise, Mistake


def split_heads(x: Tensor, num_heads: int) -> Tensor:
    """Split (batch, length, d_model) into (batch, heads, length, d_k); raise if the width cannot be shared evenly."""
    return _heads_third(x, num_heads).transpose(1, 2)


def _inferred_length(x: Tensor, num_heads: int) -> Tensor:
    return x.view(x.shape[0], -1, num_heads, x.shape[-1] // num_heads).transpose(1, 2)


def _at_once(x: Tensor, num_heads: int) -> Tensor:
    return x.reshape(x.shape[0], num_heads, -1, x.shape[-1] // num_heads)


def _heads_third(x: Tensor, num_heads: int) -> Tensor:
    return x.view(*x.shape[:2], num_heads, x.shape[-1] // num_heads)


def _heads_in_the_batch(x: Tensor, num_heads: int) -> Tensor:
    return x.reshape(x.shape[0] * num_heads, -1, x.shape[-1] // num_heads)


def _pieces_as_heads(x: Tensor, num_heads: int) -> Tensor:
    return x.view(*x.shape[:2], x.shape[-1] // num_heads, num_heads).movedim(-1, 1)


SPLIT_HEADS = Exercise(
    split_heads,
    inputs=(
        "torch.arange(12.).view(1, 3, 4), 2",
        "torch.arange(20.).view(1, 4, 5), 2",
        "torch.arange(60.).view(2, 5, 6), 3",
        "torch.arange(60).view(5, 2, 6).transpose(0, 1), 3",
        "torch.arange(70.).double().view(2, 7, 5), 1",
        "torch.arange(180.).view(2, 9, 10), 3",
    ),
    mistakes=(
        Mistake(
            _inferred_length,
            "The heads cannot share this width evenly, and -1 takes the length that makes the numbers fit: tokens are mixed. "
            "Name the length instead of -1, or use unflatten.",
        ),
        Mistake(
            _at_once,
            "view and reshape keep the numbers in the order in which they lie, so the first head gets the first tokens whole. "
            "Cut the last dimension first, then transpose.",
        ),
        Mistake(_heads_third, "The cut is right. Attention wants the heads before the length: transpose these two."),
        Mistake(
            _heads_in_the_batch,
            "Heads and batch are one dimension here, and without a transpose each head gets some of the tokens whole.",
        ),
        Mistake(
            _pieces_as_heads, "A head gets d_k neighbours of a token's numbers: cut into (num_heads, d_k), not (d_k, num_heads)."
        ),
    ),
    refuses=Exception,
)


def inner_length(length: int, d_model: int, num_heads: int) -> int | None:
    """Say which length ``x.view(batch, -1, num_heads, d_model // num_heads)`` has, or None where it raises."""
    used = num_heads * (d_model // num_heads)
    return length * d_model // used if used and length * d_model % used == 0 else None


def _unchanged(length: int, d_model: int, num_heads: int) -> int:  # noqa: ARG001 - the mistake is to leave them out
    return length


def _divisible_only(length: int, d_model: int, num_heads: int) -> int | None:
    return length if d_model % num_heads == 0 else None


def _unchecked(length: int, d_model: int, num_heads: int) -> int:
    return length * d_model // (num_heads * (d_model // num_heads))


def _unchecked_zero(length: int, d_model: int, num_heads: int) -> int | None:
    used = num_heads * (d_model // num_heads)
    return length * d_model // used if length * d_model % used == 0 else None


INNER_LENGTH = Exercise(
    inner_length,
    inputs=("3, 5, 2", "4, 5, 2", "5, 6, 3", "5, 3, 7", "7, 10, 3", "9, 10, 3", "255, 512, 6", "256, 512, 6"),
    mistakes=(
        Mistake(
            _unchanged,
            "-1 knows nothing about lengths. It is the number of elements divided by the product of the other sizes.",
        ),
        Mistake(
            _divisible_only,
            "A remainder does not always raise: if length * d_model is a multiple of num_heads * d_k, the view finds another "
            "length.",
        ),
        Mistake(_unchecked_zero, "With more heads than d_model, d_k is 0 and the view raises: there is no length to infer."),
        Mistake(_unchecked, "// drops a remainder here too. Where the division leaves one, the view raises."),
    ),
)
