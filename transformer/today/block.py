"""A layer: attention and a feed-forward network, each inside a residual connection."""

from jaxtyping import Float, Int
from torch import Tensor, nn

from transformer.checks import check_probability
from transformer.dropout import Dropout
from transformer.today.cache import LayerCache
from transformer.today.visible import Rule


class Block(nn.Module):
    """Add to each vector what attention makes of it, then what a feed-forward network makes of that.

    A norm may stand before each of the two, after it, or in both places. What is added is never the norm of the sum: the sum
    itself goes on.

    Args:
        attention: An ``Attention``, or what takes the same arguments.
        feed_forward: A module from (batch, length, d_model) to the same.
        attention_norm: What the input of attention goes through; None leaves it, as for the next three.
        ff_norm: What the input of the feed-forward network goes through.
        attention_output_norm: What the output of attention goes through before it is added.
        ff_output_norm: What the output of the feed-forward network goes through before it is added.
        dropout: Probability with which an element of what is added is zeroed in training, in [0, 1).

    Raises:
        TypeError: ``dropout`` is not a number.
        ValueError: ``dropout`` is outside [0, 1).

    Source:
        Radford et al. 2019 (GPT-2) for norms before; OLMo team 2025 (OLMo 2), section 3.2, for norms after; Gemma team 2025
        (Gemma 3), section 2, for both.

    Example:
        >>> import torch
        >>> from transformer.today.attention import Attention
        >>> from transformer.today.feed_forward import GatedFeedForward
        >>> block = Block(Attention(6, 3, 1, 2), GatedFeedForward(6, 11, nn.functional.silu), attention_norm=nn.RMSNorm(6))
        >>> block(torch.zeros(2, 5, 6), torch.arange(5)[None]).shape
        torch.Size([2, 5, 6])
    """

    def __init__(
        self,
        attention: nn.Module,
        feed_forward: nn.Module,
        *,
        attention_norm: nn.Module | None = None,
        ff_norm: nn.Module | None = None,
        attention_output_norm: nn.Module | None = None,
        ff_output_norm: nn.Module | None = None,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        check_probability("dropout", dropout)
        self.attention_norm = attention_norm or nn.Identity()
        self.attention = attention
        self.attention_output_norm = attention_output_norm or nn.Identity()
        self.ff_norm = ff_norm or nn.Identity()
        self.feed_forward = feed_forward
        self.ff_output_norm = ff_output_norm or nn.Identity()
        self.dropout = Dropout(dropout)

    def forward(
        self,
        x: Float[Tensor, "batch length d_model"],
        positions: Int[Tensor, "#batch length"],
        cache: LayerCache | None = None,
        visible: Rule | None = None,
    ) -> Float[Tensor, "batch length d_model"]:
        """Run the layer.

        Args:
            x: Vectors of shape (batch, length, d_model).
            positions: Where each of them stands, (batch or 1, length).
            cache: What was kept of the tokens before ``x``, see ``Attention.forward``.
            visible: One more rule for this call, see there.

        Returns:
            Vectors of the shape of ``x``.

        Raises:
            TypeError: An input has the wrong type or dtype.
            ValueError: Shapes or devices do not fit together.
        """
        x = x + self._attended(x, positions, cache, visible)
        return x + self._transformed(x)

    def _attended(self, x: Tensor, positions: Tensor, cache: LayerCache | None, visible: Rule | None) -> Tensor:
        return self.dropout(self.attention_output_norm(self.attention(self.attention_norm(x), positions, cache, visible)))

    def _transformed(self, x: Tensor) -> Tensor:
        return self.dropout(self.ff_output_norm(self.feed_forward(self.ff_norm(x))))


class ParallelBlock(Block):
    """Let attention and the feed-forward network read the same vectors, and add both outputs.

    The arguments are those of ``Block``. With equal weights it computes something else.

    Source:
        Wang and Komatsuzaki 2021 (GPT-J); Chowdhery et al. 2022 (PaLM), section 2.

    Example:
        >>> import torch
        >>> from transformer.today.attention import Attention
        >>> from transformer.today.feed_forward import FeedForward
        >>> block = ParallelBlock(Attention(6, 3, 3, 2), FeedForward(6, 11, nn.functional.gelu))
        >>> block(torch.zeros(2, 5, 6), torch.arange(5)[None]).shape
        torch.Size([2, 5, 6])
    """

    def forward(
        self,
        x: Float[Tensor, "batch length d_model"],
        positions: Int[Tensor, "#batch length"],
        cache: LayerCache | None = None,
        visible: Rule | None = None,
    ) -> Float[Tensor, "batch length d_model"]:
        """Run the layer; arguments, returns and errors are those of ``Block.forward``."""
        return x + self._attended(x, positions, cache, visible) + self._transformed(x)
