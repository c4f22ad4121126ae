"""Multi-head attention: several small attentions side by side, each on its own projection of the input."""

from jaxtyping import Bool, Float
from torch import Tensor, nn

from transformer.attention import scaled_dot_product_attention
from transformer.checks import (
    check_bool,
    check_divisible,
    check_features,
    check_positive_int,
    check_probability,
    check_same_batch,
)
from transformer.dropout import Dropout


class MultiHeadAttention(nn.Module):
    """Project to ``num_heads`` heads of width d_k = d_model // num_heads, attend in each, and mix the results.

    Head i uses rows i * d_k to (i + 1) * d_k of the query, key and value weights.

    Args:
        d_model: Width of the input and of the output.
        num_heads: Number of heads; must divide ``d_model``.
        dropout: Probability with which an attention weight is zeroed in training, in [0, 1).
        bias: Whether the four projections have a bias.

    Raises:
        TypeError: A size is not an int, ``dropout`` is not a number, or ``bias`` is not a bool.
        ValueError: A size is below 1, ``d_model`` is not divisible by ``num_heads``, or ``dropout`` is outside [0, 1).

    Source:
        Vaswani et al. 2017, section 3.2.2.

    Example:
        >>> import torch
        >>> attention = MultiHeadAttention(d_model=6, num_heads=3)
        >>> x = torch.zeros(2, 5, 6)
        >>> output, weights = attention(x, x, x, need_weights=True)
        >>> output.shape, weights.shape
        (torch.Size([2, 5, 6]), torch.Size([2, 3, 5, 5]))
    """

    def __init__(self, d_model: int, num_heads: int, *, dropout: float = 0.0, bias: bool = True) -> None:
        super().__init__()
        check_positive_int("d_model", d_model)
        check_positive_int("num_heads", num_heads)
        check_divisible(d_model, num_heads)
        check_probability("dropout", dropout)
        check_bool("bias", bias)
        self.d_model = d_model
        self.num_heads = num_heads
        self.d_k = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model, bias=bias)
        self.k_proj = nn.Linear(d_model, d_model, bias=bias)
        self.v_proj = nn.Linear(d_model, d_model, bias=bias)
        self.out_proj = nn.Linear(d_model, d_model, bias=bias)
        self.attention_dropout = Dropout(dropout)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights anew: Xavier uniform, biases zero."""
        for projection in (self.q_proj, self.k_proj, self.v_proj, self.out_proj):
            nn.init.xavier_uniform_(projection.weight)
            if projection.bias is not None:
                nn.init.zeros_(projection.bias)

    def forward(
        self,
        query: Float[Tensor, "batch query d_model"],
        key: Float[Tensor, "batch key d_model"],
        value: Float[Tensor, "batch key d_model"],
        mask: Bool[Tensor, "#batch #heads #query key"] | None = None,
        *,
        need_weights: bool = False,
    ) -> tuple[Float[Tensor, "batch query d_model"], Float[Tensor, "batch heads query key"] | None]:
        """Attend from ``query`` to ``key`` and ``value``.

        Args:
            query: (batch, query, d_model). Batch first: a (length, batch, d_model) tensor cannot be told from it by shape.
            key: (batch, key, d_model).
            value: (batch, key, d_model).
            mask: Bool, True where attending is allowed; broadcasts to (batch, heads, query, key). None allows everything.
            need_weights: Return the attention weights of every head too.

        Returns:
            The output (batch, query, d_model), and the weights (batch, heads, query, key) before dropout or None.

        Raises:
            TypeError: An input is not a tensor of the module's dtype, or the mask is not bool.
            ValueError: Shapes or devices do not fit together.
        """
        for name, x in (("query", query), ("key", key), ("value", value)):
            check_features(name, x, self.d_model, self.q_proj.weight)
        check_same_batch("query", query, "key", key)
        check_same_batch("key", key, "value", value)
        output, weights = scaled_dot_product_attention(
            self._split_heads(self.q_proj(query)),
            self._split_heads(self.k_proj(key)),
            self._split_heads(self.v_proj(value)),
            mask,
            dropout=self.attention_dropout.p,
            training=self.training,
            need_weights=need_weights,
        )
        merged = output.transpose(1, 2).flatten(2)  # (batch, query, d_model)
        return self.out_proj(merged), weights

    def _split_heads(self, x: Tensor) -> Tensor:
        return x.view(*x.shape[:2], self.num_heads, self.d_k).transpose(1, 2)  # (batch, heads, length, d_k)
