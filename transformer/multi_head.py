"""Multi-head attention: several small attentions side by side, each on its own projection of the input."""

from jaxtyping import Bool, Float
from torch import Tensor, nn

from transformer.attention import attend
from transformer.cache import Keys, Past, projected
from transformer.checks import (
    check_bool,
    check_divisible,
    check_features,
    check_mask,
    check_positive_int,
    check_probability,
    check_same_batch,
)


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
        self.dropout = dropout
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
        key: Float[Tensor, "items key d_model"],
        value: Float[Tensor, "items key d_model"],
        mask: Bool[Tensor, "#rows #heads #query all_keys"] | None = None,
        *,
        need_weights: bool = False,
        cache: Keys | None = None,
    ) -> tuple[Float[Tensor, "batch query d_model"], Float[Tensor, "batch heads query all_keys"] | None]:
        """Attend from ``query`` to ``key`` and ``value``.

        Args:
            query: (batch, query, d_model). Batch first: a (length, batch, d_model) tensor cannot be told from it by shape.
            key: (batch, key, d_model).
            value: (batch, key, d_model).
            mask: Bool, True where attending is allowed; broadcasts to (batch, heads, query, key). None allows everything.
            need_weights: Return the attention weights of every head too.
            cache: Where keys and values are kept from one call to the next, see ``transformer.cache``; then ``mask`` is for all
                that it holds. None keeps nothing.

        Returns:
            The output (batch, query, d_model), and the weights (batch, heads, query, key) before dropout or None.

        Raises:
            TypeError: An input is not a tensor of the module's dtype, or the mask is not bool.
            ValueError: Shapes or devices do not fit together.
        """
        if cache is None:  # who gives a cache has checked what goes with it
            self._check(query, key, value, mask)
        if isinstance(cache, Past) and query is key is value:
            q, *pair = map(self._split_heads, cache.project(query, (self.q_proj, self.k_proj, self.v_proj)))
            k, v, careful = cache(lambda: (pair[0], pair[1]), mask)
        else:
            keys = projected if cache is None else cache
            q = self._split_heads(self.q_proj(query))
            k, v, careful = keys(lambda: (self._split_heads(self.k_proj(key)), self._split_heads(self.v_proj(value))), mask)
        (rows, _, length, _), items = q.shape, k.shape[0]
        if items < rows:  # the beams of an item share its keys, as if they were one longer query
            q = q.view(items, -1, *q.shape[1:]).transpose(1, 2).flatten(2, 3)  # (items, heads, beams * query, d_k)
        dropout = self.dropout if self.training else 0.0
        output, weights = attend(q, k, v, mask, dropout, need_weights=need_weights, careful=careful)
        if weights is not None and items < rows:
            weights = weights.view(items, self.num_heads, -1, length, k.shape[2]).transpose(1, 2).flatten(0, 1)
        merged = output.transpose(1, 2).reshape(rows, length, self.d_model)
        return self.out_proj(merged), weights

    def _check(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> None:
        check_features("query", query, self.d_model, self.q_proj)
        if key is not query:
            check_features("key", key, self.d_model, self.k_proj)
        if value is not key:
            check_features("value", value, self.d_model, self.v_proj)
            check_same_batch("key", key, "value", value)
            if key.shape[1] != value.shape[1]:
                raise ValueError(f"key and value must have the same length, got {key.shape[1]} and {value.shape[1]}")
        if key.shape[1] == 0:
            raise ValueError("key must have at least one position, got length 0: there is nothing to attend to")
        check_same_batch("query", query, "key", key)
        if mask is not None:
            check_mask("mask", mask, query.shape[0], self.num_heads, query.shape[1], key.shape[1], query.device)

    def _split_heads(self, x: Tensor) -> Tensor:
        return x.view(*x.shape[:2], self.num_heads, self.d_k).transpose(1, 2)  # (batch, heads, length, d_k)

    def extra_repr(self) -> str:
        """Show what no child shows."""
        return f"num_heads={self.num_heads}, dropout={self.dropout}"
