"""The encoder: self-attention and feed-forward, several layers deep."""

from typing import Unpack

from jaxtyping import Bool, Float
from torch import Tensor, nn

from transformer.checks import check_features, check_positive_int
from transformer.layer_parts import LayerArguments, LayerParts, built_of_parts


@built_of_parts
class EncoderLayer(nn.Module):
    """Let each position look at the whole source, then transform each position by itself.

    Args:
        sizes, choices: Those of ``LayerParts``: d_model, num_heads and d_ff, and by name what may be left out.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: An argument is out of range, or ``d_model`` is not divisible by ``num_heads``.

    Source:
        Vaswani et al. 2017, section 3.1.

    Example:
        >>> import torch
        >>> EncoderLayer(d_model=6, num_heads=3, d_ff=11)(torch.zeros(2, 5, 6)).shape
        torch.Size([2, 5, 6])
    """

    def __init__(self, *sizes: int, **choices: Unpack[LayerArguments]) -> None:
        super().__init__()
        parts = LayerParts(*sizes, **choices)
        self.d_model = parts.d_model
        self.self_attention = parts.attention()
        self.self_attention_add_norm = parts.add_norm()
        self.feed_forward = parts.feed_forward()
        self.feed_forward_add_norm = parts.add_norm()

    def forward(
        self, x: Float[Tensor, "batch length d_model"], mask: Bool[Tensor, "#batch #heads #length length"] | None = None
    ) -> Float[Tensor, "batch length d_model"]:
        """Run the layer.

        Args:
            x: Vectors of shape (batch, length, d_model).
            mask: Bool, True where attending is allowed; broadcasts to (batch, heads, length, length). None allows everything.

        Returns:
            Vectors of the same shape.

        Raises:
            TypeError: ``x`` is not a tensor of the module's dtype, or the mask is not bool.
            ValueError: Shapes or devices do not fit together.
        """
        check_features("x", x, self.d_model, self.self_attention.q_proj)
        x = self.self_attention_add_norm(x, lambda y: self.self_attention(y, y, y, mask)[0])
        return self.feed_forward_add_norm(x, self.feed_forward)


@built_of_parts
class Encoder(nn.Module):
    """Stack encoder layers; with pre-norm, normalise once more at the end, because no layer normalised its output.

    Args:
        num_layers: Number of layers.
        sizes, choices: Those of ``LayerParts``: d_model, num_heads and d_ff, and by name what may be left out.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: An argument is out of range, or ``d_model`` is not divisible by ``num_heads``.

    Source:
        Vaswani et al. 2017, section 3.1.

    Example:
        >>> import torch
        >>> Encoder(num_layers=2, d_model=6, num_heads=3, d_ff=11)(torch.zeros(2, 5, 6)).shape
        torch.Size([2, 5, 6])
    """

    def __init__(self, num_layers: int, *sizes: int, **choices: Unpack[LayerArguments]) -> None:
        super().__init__()
        check_positive_int("num_layers", num_layers)
        self.layers = nn.ModuleList(EncoderLayer(*sizes, **choices) for _ in range(num_layers))
        self.final_norm = LayerParts(*sizes, **choices).final_norm()

    def forward(
        self, x: Float[Tensor, "batch length d_model"], mask: Bool[Tensor, "#batch #heads #length length"] | None = None
    ) -> Float[Tensor, "batch length d_model"]:
        """Run every layer in turn.

        Args:
            x: Vectors of shape (batch, length, d_model).
            mask: Bool, True where attending is allowed; broadcasts to (batch, heads, length, length). None allows everything.

        Returns:
            Vectors of the same shape: the memory that the decoder attends to.

        Raises:
            TypeError: ``x`` is not a tensor of the module's dtype, or the mask is not bool.
            ValueError: Shapes or devices do not fit together.
        """
        for layer in self.layers:
            x = layer(x, mask)
        return self.final_norm(x)
