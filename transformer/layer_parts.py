"""What the layers of the encoder and of the decoder are built of."""

import inspect
from dataclasses import KW_ONLY, dataclass
from typing import TypedDict, TypeVar

from torch import nn

from transformer.add_norm import AddNorm
from transformer.feed_forward import FeedForward
from transformer.multi_head import MultiHeadAttention


class LayerArguments(TypedDict, total=False):
    """The arguments of ``LayerParts`` by name."""

    d_model: int
    num_heads: int
    d_ff: int
    dropout: float
    norm_first: bool
    bias: bool
    layer_norm_eps: float


@dataclass(frozen=True)
class LayerParts:
    """The parts of a layer, each made anew at every call.

    Args:
        d_model: Width of the vectors.
        num_heads: Number of attention heads; must divide ``d_model``.
        d_ff: Width inside the feed-forward network.
        dropout: Probability of dropout on attention weights and on each sub-layer's output, in [0, 1).
        norm_first: True for pre-norm, False for the paper's post-norm.
        bias: Whether the linear layers have a bias.
        layer_norm_eps: Added to the variance in layer normalisation.

    Source:
        Vaswani et al. 2017, section 3.1.

    Example:
        >>> parts = LayerParts(6, 3, 11, bias=False)
        >>> parts.attention().out_proj
        Linear(in_features=6, out_features=6, bias=False)
    """

    d_model: int
    num_heads: int
    d_ff: int
    _: KW_ONLY
    dropout: float = 0.0
    norm_first: bool = True
    bias: bool = True
    layer_norm_eps: float = 1e-5

    def attention(self) -> MultiHeadAttention:
        """Make an attention."""
        return MultiHeadAttention(self.d_model, self.num_heads, dropout=self.dropout, bias=self.bias)

    def feed_forward(self) -> FeedForward:
        """Make a feed-forward network."""
        return FeedForward(self.d_model, self.d_ff, bias=self.bias)

    def add_norm(self) -> AddNorm:
        """Make what stands around a sub-layer."""
        return AddNorm(self.d_model, dropout=self.dropout, norm_first=self.norm_first, layer_norm_eps=self.layer_norm_eps)

    def final_norm(self) -> nn.Module:
        """Make what stands after the last layer: with pre-norm no layer has normalised its output."""
        return nn.LayerNorm(self.d_model, eps=self.layer_norm_eps) if self.norm_first else nn.Identity()


Built = TypeVar("Built", bound=type[nn.Module])


def built_of_parts(kind: Built) -> Built:
    """Let a class that takes ``*sizes`` and ``**choices`` show the arguments of ``LayerParts`` in their place.

    Example:
        >>> from transformer import EncoderLayer
        >>> list(inspect.signature(EncoderLayer).parameters)[:4]
        ['d_model', 'num_heads', 'd_ff', 'dropout']
    """
    own = [one for one in inspect.signature(kind).parameters.values() if one.kind is one.POSITIONAL_OR_KEYWORD]
    shown = [*own, *inspect.signature(LayerParts).parameters.values()]
    kind.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    return kind
