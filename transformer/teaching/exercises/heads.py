"""Exercises of the page on heads: how wide a head is, which weights are its own, and what all of them cost."""

from torch import Tensor

from transformer.teaching.exercises.core import Exercise, Mistake


def head_width(d_model: int, num_heads: int) -> int:
    """Return the width of a head, and refuse a ``d_model`` that the heads cannot share evenly."""
    if d_model % num_heads != 0:
        raise ValueError(f"{d_model} cannot be shared by {num_heads} heads")
    return d_model // num_heads


def _floored(d_model: int, num_heads: int) -> int:
    return d_model // num_heads


def _asserted(d_model: int, num_heads: int) -> int:
    assert d_model % num_heads == 0, "d_model must be divisible by the number of heads"
    return d_model // num_heads


def _rounded(d_model: int, num_heads: int) -> int:
    return round(d_model / num_heads)


def _divided(d_model: int, num_heads: int) -> float:
    return d_model / num_heads


HEAD_WIDTH = Exercise(
    head_width,
    inputs=("6, 3", "7, 2", "5, 7", "11, 4", "13, 13", "512, 8"),
    mistakes=(
        Mistake(_floored, "// drops the remainder in silence, so some numbers of a token belong to no head."),
        Mistake(_asserted, "An assert is gone under python -O, and raises an AssertionError. Raise a ValueError instead."),
        Mistake(_rounded, "Rounding makes heads that together are narrower or wider than d_model. Refuse what does not divide."),
        Mistake(_divided, "/ gives a float, and no tensor has a size that is a float. // gives an int."),
    ),
)


def head_rows(weight: Tensor, head: int, num_heads: int) -> Tensor:
    """Return the rows of a projection's weight that belong to one head."""
    return weight.chunk(num_heads)[head]


def _columns(weight: Tensor, head: int, num_heads: int) -> Tensor:
    return weight.chunk(num_heads, dim=1)[head]


def _every_nth(weight: Tensor, head: int, num_heads: int) -> Tensor:
    return weight[head::num_heads]


def _as_many_rows_as_heads(weight: Tensor, head: int, num_heads: int) -> Tensor:
    return weight[head * num_heads : (head + 1) * num_heads]


HEAD_ROWS = Exercise(
    head_rows,
    inputs=(
        "torch.arange(16.).view(4, 4), 1, 2",
        "torch.arange(36.).view(6, 6), 1, 3",
        "torch.arange(36.).view(6, 6).t(), 2, 3",
        "torch.arange(66.).double().view(6, 11), 0, 2",
    ),
    mistakes=(
        Mistake(
            _columns,
            "These are columns, which a head owns in the output projection. nn.Linear keeps its weight as (output, input), "
            "so what a head of q_proj puts out are rows.",
        ),
        Mistake(_every_nth, "A head's rows lie together: rows head * d_k up to (head + 1) * d_k, not every num_heads-th row."),
        Mistake(_as_many_rows_as_heads, "A head has d_k rows, not num_heads rows: d_k is the number of rows // num_heads."),
    ),
)


def attention_parameters(d_model: int, num_heads: int, d_k: int) -> int:
    """Count the parameters of attention with biases, whose heads may have any width."""
    inner = num_heads * d_k
    return 3 * (d_model * inner + inner) + inner * d_model + d_model


def _without_biases(d_model: int, num_heads: int, d_k: int) -> int:
    return 4 * d_model * num_heads * d_k


def _usual_width(d_model: int, num_heads: int, d_k: int) -> int:  # noqa: ARG001 - the mistake is to leave them out
    return 4 * (d_model * d_model + d_model)


def _without_output(d_model: int, num_heads: int, d_k: int) -> int:
    return 3 * (d_model * num_heads * d_k + num_heads * d_k)


def _inner_output_bias(d_model: int, num_heads: int, d_k: int) -> int:
    return 4 * (d_model * num_heads * d_k + num_heads * d_k)


ATTENTION_PARAMETERS = Exercise(
    attention_parameters,
    inputs=("4, 2, 2", "4, 1, 4", "4, 2, 3", "10, 3, 4", "512, 8, 64", "1024, 128, 128"),
    mistakes=(
        Mistake(
            _without_biases, "The biases are missing: each of the four linear layers has one number for each of its outputs."
        ),
        Mistake(
            _usual_width,
            "This holds where num_heads * d_k is d_model, for any number of heads. Here d_k is free: inside, the layers are "
            "num_heads * d_k wide.",
        ),
        Mistake(_without_output, "The output projection is missing, which leads from num_heads * d_k back to d_model."),
        Mistake(_inner_output_bias, "The bias of the output projection has d_model numbers, since that is what it puts out."),
    ),
)
