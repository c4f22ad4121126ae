"""The sizes of a language model, which say nothing about what it is made of."""

from dataclasses import dataclass, fields
from typing import Any

from transformer.checks import check_positive_int
from transformer.today.attention import Attention
from transformer.today.checks import check_groups


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large a language model is.

    Args:
        vocab_size: Number of token ids.
        d_model: Width of the vectors.
        num_layers: Number of blocks.
        num_heads: Number of query heads.
        num_kv_heads: Number of key and value heads; must divide ``num_heads``.
        head_dim: Width of a head.
        d_ff: Width inside the feed-forward network.

    Raises:
        TypeError: A size is not an int.
        ValueError: A size is below 1, or ``num_heads`` is not divisible by ``num_kv_heads``.

    Source:
        Radford et al. 2019 and Touvron et al. 2023 list such sizes for their models.

    Example:
        >>> Sizes(vocab_size=11, d_model=12, num_layers=2, num_heads=6, num_kv_heads=2, head_dim=4, d_ff=17).attention().k_proj
        Linear(in_features=12, out_features=8, bias=False)
    """

    vocab_size: int
    d_model: int
    num_layers: int
    num_heads: int
    num_kv_heads: int
    head_dim: int
    d_ff: int

    def __post_init__(self) -> None:
        for field in fields(self):
            check_positive_int(field.name, getattr(self, field.name))
        check_groups(self.num_heads, self.num_kv_heads)

    def attention(self, **slots: Any) -> Attention:
        """Make an attention of these sizes, with what stands in its slots."""
        return Attention(self.d_model, self.num_heads, self.num_kv_heads, self.head_dim, **slots)
