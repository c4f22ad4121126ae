"""Sinusoidal positions: what tells the model where a token stands."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from transformer.checks import check_non_negative_int, check_positive_int, check_tensor


def sinusoidal_table(length: int, d_model: int) -> Float[Tensor, "{length} {d_model}"]:
    """Write out the paper's table of sines and cosines.

    Column 2i holds sin(pos / 10000^(2i / d_model)) and column 2i + 1 the cosine of the same angle. If ``d_model``
    is odd, the last sine has no cosine beside it.

    Args:
        length: Number of positions.
        d_model: Number of columns.

    Returns:
        Float32 table of shape (length, d_model), computed in float64, on the CPU.

    Raises:
        TypeError: A size is not an int.
        ValueError: A size is below 1.

    Source:
        Vaswani et al. 2017, section 3.5.

    Example:
        >>> sinusoidal_table(2, 4)
        tensor([[0.0000, 1.0000, 0.0000, 1.0000],
                [0.8415, 0.5403, 0.0100, 0.9999]])
    """
    check_positive_int("length", length)
    check_positive_int("d_model", d_model)
    position = torch.arange(length, device="cpu").unsqueeze(1)  # (length, 1)
    even = torch.arange(0, d_model, 2, dtype=torch.float64, device="cpu")  # 2i, for each pair of columns
    angle = position * torch.exp(even * (-math.log(10000.0) / d_model))  # (length, pairs)
    table = torch.empty(length, d_model, dtype=torch.float64, device="cpu")  # some devices have no float64
    table[:, 0::2] = angle.sin()
    table[:, 1::2] = angle[:, : d_model // 2].cos()
    return table.float()


class SinusoidalPositionalEncoding(nn.Module):
    """Add the paper's sines and cosines to a sequence of vectors. It has no parameters; the table is a buffer.

    Args:
        d_model: Width of the vectors.
        max_length: Longest sequence that can be encoded.

    Raises:
        TypeError: A size is not an int.
        ValueError: A size is below 1.

    Source:
        Vaswani et al. 2017, section 3.5.

    Example:
        >>> SinusoidalPositionalEncoding(d_model=4, max_length=7)(torch.zeros(1, 2, 4))
        tensor([[[0.0000, 1.0000, 0.0000, 1.0000],
                 [0.8415, 0.5403, 0.0100, 0.9999]]])
    """

    table: Tensor

    def __init__(self, d_model: int, max_length: int) -> None:
        super().__init__()
        check_positive_int("d_model", d_model)
        check_positive_int("max_length", max_length)
        self.d_model = d_model
        self.max_length = max_length
        self.register_buffer("table", torch.empty(max_length, d_model, dtype=torch.float32), persistent=False)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Write the table anew, as after ``to_empty``: no checkpoint holds it."""
        with torch.no_grad():
            self.table.copy_(sinusoidal_table(self.max_length, self.d_model))

    def forward(self, x: Float[Tensor, "batch length d_model"], *, first: int = 0) -> Float[Tensor, "batch length d_model"]:
        """Add to each vector the row of its position.

        Args:
            x: Vectors of shape (batch, length, d_model).
            first: The position of the first of them.

        Returns:
            Vectors of the same shape and dtype.

        Raises:
            TypeError: ``x`` is not a floating-point tensor.
            ValueError: ``x`` reaches beyond ``max_length``, has another width, or is on another device.
        """
        check_tensor("x", x, "batch, length, d_model")
        if not x.is_floating_point():
            raise TypeError(f"x must have a floating-point dtype, got {x.dtype}")
        if x.shape[-1] != self.d_model:
            raise ValueError(f"x must have last dimension d_model = {self.d_model}, got shape {tuple(x.shape)}")
        check_non_negative_int("first", first)
        end = first + x.shape[1]
        if end > self.max_length:
            raise ValueError(f"x has length {end}, longer than max_length = {self.max_length}")
        if x.device != self.table.device:
            raise ValueError(f"x is on device {x.device}, but the module is on device {self.table.device}")
        return x + self.table[first:end].to(x.dtype)
