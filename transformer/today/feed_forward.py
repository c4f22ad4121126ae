"""The network at each position, plain and gated, with any activation."""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor, nn

from transformer.checks import check_bool, check_features, check_positive_int
from transformer.today.checks import check_slot

Activation = Callable[[Tensor], Tensor]


class FeedForward(nn.Module):
    """Widen each vector to d_ff, apply an activation, and bring it back to d_model.

    Args:
        d_model: Width of the input and of the output.
        d_ff: Width in between.
        activation: A function or module, such as ``torch.nn.functional.gelu``.
        bias: Whether the two linear layers have a bias.

    Raises:
        TypeError: A size is not an int, ``activation`` cannot be called, or ``bias`` is not a bool.
        ValueError: A size is below 1.

    Source:
        Vaswani et al. 2017, section 3.3; Hendrycks and Gimpel 2016 for GELU.

    Example:
        >>> import torch
        >>> FeedForward(d_model=6, d_ff=11, activation=torch.nn.functional.gelu)(torch.zeros(2, 5, 6)).shape
        torch.Size([2, 5, 6])
    """

    def __init__(self, d_model: int, d_ff: int, activation: Activation, *, bias: bool = True) -> None:
        super().__init__()
        _check(d_model, d_ff, activation, bias)
        self.d_model = d_model
        self.linear_in = nn.Linear(d_model, d_ff, bias=bias)
        self.activation = activation
        self.linear_out = nn.Linear(d_ff, d_model, bias=bias)

    def forward(self, x: Float[Tensor, "batch length d_model"]) -> Float[Tensor, "batch length d_model"]:
        """Transform each position by itself.

        Args:
            x: Vectors of shape (batch, length, d_model).

        Returns:
            Vectors of the same shape.

        Raises:
            TypeError: ``x`` is not a tensor of the module's dtype.
            ValueError: The shape or the device is wrong.
        """
        check_features("x", x, self.d_model, self.linear_in)
        return self.linear_out(self.activation(self.linear_in(x)))


class GatedFeedForward(nn.Module):
    """Let one linear layer say how much of another passes: with silu this is SwiGLU, with gelu GeGLU.

    Args:
        d_model: Width of the input and of the output.
        d_ff: Width in between.
        activation: What the gate goes through.
        bias: Whether the three linear layers have a bias.

    Raises:
        TypeError: A size is not an int, ``activation`` cannot be called, or ``bias`` is not a bool.
        ValueError: A size is below 1.

    Source:
        Shazeer 2020 (GLU variants), section 2, equations 5 and 6.

    Example:
        >>> import torch
        >>> GatedFeedForward(d_model=6, d_ff=11, activation=torch.nn.functional.silu)(torch.zeros(2, 5, 6)).shape
        torch.Size([2, 5, 6])
    """

    def __init__(self, d_model: int, d_ff: int, activation: Activation, *, bias: bool = False) -> None:
        super().__init__()
        _check(d_model, d_ff, activation, bias)
        self.d_model = d_model
        self.linear_gate = nn.Linear(d_model, d_ff, bias=bias)
        self.activation = activation
        self.linear_in = nn.Linear(d_model, d_ff, bias=bias)
        self.linear_out = nn.Linear(d_ff, d_model, bias=bias)

    def forward(self, x: Float[Tensor, "batch length d_model"]) -> Float[Tensor, "batch length d_model"]:
        """Transform each position by itself.

        Args:
            x: Vectors of shape (batch, length, d_model).

        Returns:
            Vectors of the same shape.

        Raises:
            TypeError: ``x`` is not a tensor of the module's dtype.
            ValueError: The shape or the device is wrong.
        """
        check_features("x", x, self.d_model, self.linear_gate)
        return self.linear_out(self.activation(self.linear_gate(x)) * self.linear_in(x))


def _check(d_model: int, d_ff: int, activation: Activation, bias: bool) -> None:
    check_positive_int("d_model", d_model)
    check_positive_int("d_ff", d_ff)
    check_slot("activation", activation)
    check_bool("bias", bias)
