"""The encoder: self-attention and feed-forward, several layers deep."""

from jaxtyping import Bool, Float
from torch import Tensor, nn

from transformer.add_norm import AddNorm
from transformer.checks import check_features, check_positive_int
from transformer.feed_forward import FeedForward
from transformer.multi_head import MultiHeadAttention


class EncoderLayer(nn.Module):
    """Let each position look at the whole source, then transform each position by itself.

    Args:
        d_model: Width of the vectors.
        num_heads: Number of attention heads; must divide ``d_model``.
        d_ff: Width inside the feed-forward network.
        dropout: Probability of dropout on attention weights and on each sub-layer's output, in [0, 1).
        norm_first: True for pre-norm, False for the paper's post-norm.
        bias: Whether the linear layers have a bias.
        layer_norm_eps: Added to the variance in layer normalisation.

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

    def __init__(
        self,
        d_model: int,
        num_heads: int,
        d_ff: int,
        *,
        dropout: float = 0.0,
        norm_first: bool = True,
        bias: bool = True,
        layer_norm_eps: float = 1e-5,
    ) -> None:
        super().__init__()
        self.d_model = d_model
        self.self_attention = MultiHeadAttention(d_model, num_heads, dropout=dropout, bias=bias)
        self.self_attention_add_norm = AddNorm(d_model, dropout=dropout, norm_first=norm_first, layer_norm_eps=layer_norm_eps)
        self.feed_forward = FeedForward(d_model, d_ff, bias=bias)
        self.feed_forward_add_norm = AddNorm(d_model, dropout=dropout, norm_first=norm_first, layer_norm_eps=layer_norm_eps)

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
        check_features("x", x, self.d_model, self.self_attention.q_proj.weight)
        x = self.self_attention_add_norm(x, lambda y: self.self_attention(y, y, y, mask)[0])
        output: Tensor = self.feed_forward_add_norm(x, self.feed_forward)
        return output


class Encoder(nn.Module):
    """Stack encoder layers; with pre-norm, normalise once more at the end, because no layer normalised its output.

    Args:
        num_layers: Number of layers.
        d_model: Width of the vectors.
        num_heads: Number of attention heads; must divide ``d_model``.
        d_ff: Width inside the feed-forward networks.
        dropout: Probability of dropout, in [0, 1).
        norm_first: True for pre-norm, False for the paper's post-norm.
        bias: Whether the linear layers have a bias.
        layer_norm_eps: Added to the variance in layer normalisation.

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

    def __init__(
        self,
        num_layers: int,
        d_model: int,
        num_heads: int,
        d_ff: int,
        *,
        dropout: float = 0.0,
        norm_first: bool = True,
        bias: bool = True,
        layer_norm_eps: float = 1e-5,
    ) -> None:
        super().__init__()
        check_positive_int("num_layers", num_layers)
        self.layers = nn.ModuleList(
            EncoderLayer(
                d_model,
                num_heads,
                d_ff,
                dropout=dropout,
                norm_first=norm_first,
                bias=bias,
                layer_norm_eps=layer_norm_eps,
            )
            for _ in range(num_layers)
        )
        self.final_norm = nn.LayerNorm(d_model, eps=layer_norm_eps) if norm_first else nn.Identity()

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
        memory: Tensor = self.final_norm(x)
        return memory
