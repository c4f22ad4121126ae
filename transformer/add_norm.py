"""Add & Norm: the residual connection and the layer normalisation around every sub-layer."""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor, nn

from transformer.checks import check_bool, check_positive_int, check_positive_number, check_probability
from transformer.dropout import Dropout


class AddNorm(nn.Module):
    """Add a sub-layer's output to its input, and normalise: after the sum (post-norm) or before the sub-layer (pre-norm).

    Args:
        d_model: Width of the vectors.
        dropout: Probability with which an element of the sub-layer's output is zeroed in training, in [0, 1).
        norm_first: True for pre-norm, x + f(norm(x)); False for the paper's post-norm, norm(x + f(x)).
        layer_norm_eps: Added to the variance before its root is taken.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: An argument is out of range.

    Source:
        Vaswani et al. 2017, sections 3.1 and 5.4 (post-norm); Xiong et al. 2020 (pre-norm).

    Example:
        >>> import torch
        >>> add_norm = AddNorm(d_model=4, dropout=0.0, norm_first=True, layer_norm_eps=1e-5)
        >>> x = torch.ones(1, 2, 4)
        >>> torch.equal(add_norm(x, lambda normed: 0 * normed), x)
        True
    """

    def __init__(self, d_model: int, *, dropout: float, norm_first: bool, layer_norm_eps: float) -> None:
        super().__init__()
        check_positive_int("d_model", d_model)
        check_probability("dropout", dropout)
        check_bool("norm_first", norm_first)
        check_positive_number("layer_norm_eps", layer_norm_eps)
        self.norm_first = norm_first
        self.residual_dropout = Dropout(dropout)
        self.norm = nn.LayerNorm(d_model, eps=layer_norm_eps)

    def forward(
        self, x: Float[Tensor, "batch length d_model"], sublayer: Callable[[Tensor], Tensor]
    ) -> Float[Tensor, "batch length d_model"]:
        """Run a sub-layer inside its residual connection.

        Args:
            x: Vectors of shape (batch, length, d_model).
            sublayer: Maps such vectors to vectors of the same shape.

        Returns:
            Vectors of the same shape.

        Raises:
            ValueError: The sub-layer changed the shape.
        """
        change = sublayer(self.norm(x) if self.norm_first else x)
        if change.shape != x.shape:
            raise ValueError(f"sublayer must return the shape it was given, {tuple(x.shape)}, got {tuple(change.shape)}")
        x = x + self.residual_dropout(change)
        return x if self.norm_first else self.norm(x)
