"""Weights in eight bits, with one scale for each row."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int8
from torch import Tensor, nn

from transformer.checks import check_tensor, known
from transformer.today.checks import check_slot

LARGEST = 127


def quantised(weight: Float[Tensor, "rows columns"]) -> tuple[Int8[Tensor, "rows columns"], Float[Tensor, " rows"]]:
    """Round a matrix to whole numbers from -127 to 127, which stand for so many steps of their row.

    Args:
        weight: The matrix, (rows, columns).

    Returns:
        The whole numbers, and the step of each row in float32: its largest number is 127 steps. No number moves by more than half
        a step.

    Raises:
        TypeError: ``weight`` is not a floating-point tensor.
        ValueError: It is not two-dimensional, or not finite.

    Source:
        Dettmers et al. 2022 (LLM.int8()), section 2, "absmax" and "row-wise" quantisation.

    Example:
        >>> quantised(torch.tensor([[1.27, -0.50], [0.0, 0.0]]))
        (tensor([[127, -50],
                [  0,   0]], dtype=torch.int8), tensor([0.0100, 1.0000]))
    """
    matrix = check_tensor("weight", weight, "rows, columns")
    if not matrix.is_floating_point():
        raise TypeError(f"weight must have a floating-point dtype, got {matrix.dtype}")
    matrix = matrix.detach().to(torch.promote_types(matrix.dtype, torch.float32))
    if known(~matrix.isfinite().all(), False):
        raise ValueError("weight must be finite, got a number that is not")
    largest = matrix.abs().amax(dim=1)
    scale = torch.where(largest == 0, 1.0, largest / LARGEST).float()  # a row of zeros has a step too
    return (matrix / scale.unsqueeze(1)).round().to(torch.int8), scale


class Int8Linear(nn.Module):
    """A linear layer whose weights are whole numbers of eight bits. It is not trained: its numbers are buffers.

    ``state_dict`` holds them, so a model may be built, changed by ``quantise``, and loaded.

    Args:
        linear: The layer whose weights are rounded; its bias stays as it is.

    Raises:
        TypeError: ``linear`` is no ``nn.Linear``.
        ValueError: Its weight is not finite.

    Source:
        Dettmers et al. 2022 (LLM.int8()), section 2, without rounding the inputs.

    Example:
        >>> Int8Linear(nn.Linear(6, 11))(torch.zeros(2, 5, 6)).shape
        torch.Size([2, 5, 11])
    """

    numbers: Tensor
    scale: Tensor
    bias: Tensor | None

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        if not isinstance(linear, nn.Linear):
            raise TypeError(f"linear must be an nn.Linear, got {type(linear).__name__}")
        numbers, scale = quantised(linear.weight)
        self.register_buffer("numbers", numbers)
        self.register_buffer("scale", scale)
        self.register_buffer("bias", None if linear.bias is None else linear.bias.detach().clone())

    def forward(self, x: Float[Tensor, "*batch d_in"]) -> Float[Tensor, "*batch d_out"]:
        """Multiply by the whole numbers, then by the step of each row."""
        output = F.linear(x, self.numbers.to(x.dtype)) * self.scale.to(x.dtype)
        return output if self.bias is None else output + self.bias.to(x.dtype)

    def extra_repr(self) -> str:
        """Show the sizes."""
        rows, columns = self.numbers.shape
        return f"in_features={columns}, out_features={rows}, bias={self.bias is not None}"


def quantise(model: nn.Module, where: Callable[[str], bool] = lambda name: True) -> int:  # noqa: ARG005
    """Put an ``Int8Linear`` in the place of each linear layer of a model, or of those that are chosen.

    Args:
        model: The model, which is changed.
        where: Tells from a module's name whether it is meant.

    Returns:
        How many layers were chosen.

    Raises:
        TypeError: ``where`` cannot be called.
        ValueError: No linear layer is chosen.

    Source:
        Dettmers et al. 2022 (LLM.int8()), section 2.

    Example:
        >>> quantise(nn.Sequential(nn.Linear(6, 11), nn.ReLU(), nn.Linear(11, 3)))
        2
    """
    check_slot("where", where)
    chosen = [name for name, part in model.named_modules() if isinstance(part, nn.Linear) and where(name)]
    if not chosen:
        raise ValueError("where must choose a linear layer of the model, and chose none")
    for name in chosen:
        linear = model.get_submodule(name)
        assert isinstance(linear, nn.Linear)
        model.set_submodule(name, Int8Linear(linear))
    return len(chosen)
