"""Attention in which several query heads share one key and one value head."""

import math
from collections.abc import Callable

from jaxtyping import Float, Int
from torch import Tensor, nn

from transformer.attention import scaled_dot_product_attention
from transformer.checks import (
    check_bool,
    check_features,
    check_positive_int,
    check_positive_number,
    check_probability,
)
from transformer.today.cache import LayerCache
from transformer.today.checks import check_groups, check_positions, check_slot
from transformer.today.visible import Rule, causal

Positions = Callable[[Tensor, Tensor], Tensor]
"""From heads (batch, heads, length, head_dim) and positions (batch or 1, length) to heads."""


def unmoved(heads: Tensor, positions: Tensor) -> Tensor:  # noqa: ARG001 - what stands in the slot of positions gets both
    """Leave queries and keys as they are, wherever they stand."""
    return heads


class Attention(nn.Module):
    """Attend from each token to those that a rule on positions shows it.

    Query head i reads key and value head i // (num_heads // num_kv_heads). With as many key heads as query heads this is
    multi-head attention; with one it is multi-query attention.

    Args:
        d_model: Width of the input and of the output.
        num_heads: Number of query heads.
        num_kv_heads: Number of key and value heads; must divide ``num_heads``.
        head_dim: Width of a head; need not be ``d_model // num_heads``.
        bias: Whether the projections that are made here have a bias.
        q_proj: Makes the queries of all heads from a vector; None is a linear layer, as for the next three.
        k_proj: The same for the keys.
        v_proj: The same for the values.
        out_proj: Makes a vector of the outputs of all heads.
        q_norm: What each query goes through before it is turned, such as ``nn.RMSNorm(head_dim)``; None leaves it.
        k_norm: The same for each key.
        positions: What turns queries and keys by their positions, such as a ``Rotary``.
        visible: Which keys a query may attend to, as a rule on positions: see ``transformer.today.visible``.
        scale: What scores are multiplied by; None is 1 / sqrt(head_dim).
        dropout: Probability with which an attention weight is zeroed in training, in [0, 1).

    Raises:
        TypeError: A size is not an int, or what stands in a slot cannot be called.
        ValueError: A size is out of range, or ``num_heads`` is not divisible by ``num_kv_heads``.

    Source:
        Ainslie et al. 2023 (GQA), section 2.2; Shazeer 2019 for one key head.

    Example:
        >>> import torch
        >>> from transformer.today import Rotary, rotary_frequencies
        >>> attention = Attention(12, num_heads=6, num_kv_heads=2, head_dim=4, positions=Rotary(rotary_frequencies(4)))
        >>> attention.k_proj, attention(torch.zeros(1, 5, 12), torch.arange(5)[None]).shape
        (Linear(in_features=12, out_features=8, bias=False), torch.Size([1, 5, 12]))
    """

    def __init__(
        self,
        d_model: int,
        num_heads: int,
        num_kv_heads: int,
        head_dim: int,
        *,
        bias: bool = False,
        q_proj: nn.Module | None = None,
        k_proj: nn.Module | None = None,
        v_proj: nn.Module | None = None,
        out_proj: nn.Module | None = None,
        q_norm: nn.Module | None = None,
        k_norm: nn.Module | None = None,
        positions: Positions = unmoved,
        visible: Rule = causal,
        scale: float | None = None,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        sizes = {"d_model": d_model, "num_heads": num_heads, "num_kv_heads": num_kv_heads, "head_dim": head_dim}
        for name, size in sizes.items():
            check_positive_int(name, size)
        check_groups(num_heads, num_kv_heads)
        check_bool("bias", bias)
        check_slot("positions", positions)
        check_slot("visible", visible)
        if scale is not None:
            check_positive_number("scale", scale)
        check_probability("dropout", dropout)
        self.d_model = d_model
        self.num_heads = num_heads
        self.num_kv_heads = num_kv_heads
        self.head_dim = head_dim
        self.q_proj = q_proj or nn.Linear(d_model, num_heads * head_dim, bias=bias)
        self.k_proj = k_proj or nn.Linear(d_model, num_kv_heads * head_dim, bias=bias)
        self.v_proj = v_proj or nn.Linear(d_model, num_kv_heads * head_dim, bias=bias)
        self.out_proj = out_proj or nn.Linear(num_heads * head_dim, d_model, bias=bias)
        self.q_norm = q_norm or nn.Identity()
        self.k_norm = k_norm or nn.Identity()
        self.positions = positions
        self.visible = visible
        self.scale = scale
        self.dropout = dropout

    def forward(
        self,
        x: Float[Tensor, "batch length d_model"],
        positions: Int[Tensor, "#batch length"],
        cache: LayerCache | None = None,
        visible: Rule | None = None,
    ) -> Float[Tensor, "batch length d_model"]:
        """Attend within ``x``, and to what a cache holds.

        Args:
            x: Vectors of shape (batch, length, d_model).
            positions: Where each of them stands, (batch or 1, length); below 0 is padding.
            cache: What was kept of the tokens before ``x``; the new keys and values join it.
            visible: One more rule, for this call: a query sees what both rules show it.

        Returns:
            Vectors of the shape of ``x``.

        Raises:
            TypeError: An input has the wrong type or dtype.
            ValueError: Shapes or devices do not fit together.
        """
        check_features("x", x, self.d_model, self.q_proj)
        check_positions(positions, x)
        # Autocast projects in half precision. Norms and angles stay in the dtype of x, which is that of their weights.
        query = self.positions(self.q_norm(self._heads("q_proj", self.num_heads, x).to(x.dtype)), positions)
        key = self.positions(self.k_norm(self._heads("k_proj", self.num_kv_heads, x).to(x.dtype)), positions)
        value, key_positions = self._heads("v_proj", self.num_kv_heads, x), positions
        query, key = query.to(value.dtype), key.to(value.dtype)
        if cache is not None:
            key, value, key_positions = cache.append(key, value, positions)
        mask = self._mask(positions, key_positions, self.visible)
        if visible is not None:
            mask = mask & self._mask(positions, key_positions, visible)
        if self.scale is not None:
            query = query * (self.scale * math.sqrt(self.head_dim))
        group = self.num_heads // self.num_kv_heads
        output, _ = scaled_dot_product_attention(
            query,
            key.repeat_interleave(group, dim=1),
            value.repeat_interleave(group, dim=1),
            mask,
            dropout=self.dropout,
            training=self.training,
        )
        return self.out_proj(output.transpose(1, 2).flatten(2))

    def _heads(self, name: str, heads: int, x: Tensor) -> Tensor:
        projected: Tensor = getattr(self, name)(x)
        if projected.shape[-1] != heads * self.head_dim:
            raise ValueError(f"{name} must give {heads} heads of {self.head_dim} numbers, got {projected.shape[-1]} numbers")
        return projected.view(*x.shape[:2], heads, self.head_dim).transpose(1, 2)  # (batch, heads, length, head_dim)

    def _mask(self, query: Tensor, key: Tensor, visible: Rule) -> Tensor:
        return visible(query[:, None, :, None], key[:, None, None, :])  # (batch or 1, 1, query, key)

    def extra_repr(self) -> str:
        """Show what no child shows."""
        return f"num_heads={self.num_heads}, num_kv_heads={self.num_kv_heads}, head_dim={self.head_dim}"
