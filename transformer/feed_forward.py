"""The position-wise feed-forward network: the same two linear layers at every position."""

from jaxtyping import Float
from torch import Tensor, nn

from transformer.checks import check_bool, check_features, check_positive_int


class FeedForward(nn.Module):
    """Widen each vector to d_ff, cut the negative part, and bring it back to d_model.

    Args:
        d_model: Width of the input and of the output.
        d_ff: Width in between.
        bias: Whether the two linear layers have a bias.

    Raises:
        TypeError: A size is not an int, or ``bias`` is not a bool.
        ValueError: A size is below 1.

    Source:
        Vaswani et al. 2017, section 3.3, equation 2.

    Example:
        >>> import torch
        >>> FeedForward(d_model=6, d_ff=11)(torch.zeros(2, 5, 6)).shape
        torch.Size([2, 5, 6])
    """

    def __init__(self, d_model: int, d_ff: int, *, bias: bool = True) -> None:
        super().__init__()
        check_positive_int("d_model", d_model)
        check_positive_int("d_ff", d_ff)
        check_bool("bias", bias)
        self.d_model = d_model
        self.linear_in = nn.Linear(d_model, d_ff, bias=bias)
        self.relu = nn.ReLU()
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
        hidden = self.relu(self.linear_in(x))  # (batch, length, d_ff)
        return self.linear_out(hidden)
