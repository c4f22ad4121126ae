"""The decoder: causal self-attention, attention to the memory, and feed-forward, several layers deep."""

from jaxtyping import Bool, Float
from torch import Tensor, nn

from transformer.add_norm import AddNorm
from transformer.checks import check_bool, check_features, check_mask, check_positive_int, check_same_batch
from transformer.feed_forward import FeedForward
from transformer.masks import causal_mask
from transformer.multi_head import MultiHeadAttention


class DecoderLayer(nn.Module):
    """Let each position look at itself and what came before, then at the memory, then transform it by itself.

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
        >>> x, memory = torch.zeros(2, 5, 6), torch.zeros(2, 7, 6)
        >>> DecoderLayer(d_model=6, num_heads=3, d_ff=11)(x, memory).shape
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
        self.cross_attention = MultiHeadAttention(d_model, num_heads, dropout=dropout, bias=bias)
        self.cross_attention_add_norm = AddNorm(d_model, dropout=dropout, norm_first=norm_first, layer_norm_eps=layer_norm_eps)
        self.feed_forward = FeedForward(d_model, d_ff, bias=bias)
        self.feed_forward_add_norm = AddNorm(d_model, dropout=dropout, norm_first=norm_first, layer_norm_eps=layer_norm_eps)

    def forward(
        self,
        x: Float[Tensor, "batch length d_model"],
        memory: Float[Tensor, "batch source d_model"],
        mask: Bool[Tensor, "#batch #heads #length length"] | None = None,
        memory_mask: Bool[Tensor, "#batch #heads #length source"] | None = None,
        *,
        causal: bool = True,
    ) -> Float[Tensor, "batch length d_model"]:
        """Run the layer.

        Args:
            x: Vectors of shape (batch, length, d_model).
            memory: The encoder's output, (batch, source, d_model).
            mask: Bool, True where attending within ``x`` is allowed; broadcasts to (batch, heads, length, length).
            memory_mask: Bool, the same for ``memory``; broadcasts to (batch, heads, length, source).
            causal: Hide the future too, whatever ``mask`` says.

        Returns:
            Vectors of the shape of ``x``.

        Raises:
            TypeError: An input is not a tensor of the module's dtype, or a mask is not bool.
            ValueError: Shapes or devices do not fit together.
        """
        weight = self.self_attention.q_proj.weight
        check_features("x", x, self.d_model, weight)
        check_features("memory", memory, self.d_model, weight)
        check_same_batch("x", x, "memory", memory)
        check_bool("causal", causal)
        (batch, length), heads = x.shape[:2], self.self_attention.num_heads
        if mask is not None:
            check_mask("mask", mask, batch, heads, length, length, x.device)
        if memory_mask is not None:
            check_mask("memory_mask", memory_mask, batch, heads, length, memory.shape[1], x.device)
        if causal and length > 0:
            past = causal_mask(length, device=x.device)
            mask = past if mask is None else past & mask
        x = self.self_attention_add_norm(x, lambda y: self.self_attention(y, y, y, mask)[0])
        x = self.cross_attention_add_norm(x, lambda y: self.cross_attention(y, memory, memory, memory_mask)[0])
        output: Tensor = self.feed_forward_add_norm(x, self.feed_forward)
        return output


class Decoder(nn.Module):
    """Stack decoder layers; with pre-norm, normalise once more at the end, because no layer normalised its output.

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
        >>> x, memory = torch.zeros(2, 5, 6), torch.zeros(2, 7, 6)
        >>> Decoder(num_layers=2, d_model=6, num_heads=3, d_ff=11)(x, memory).shape
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
            DecoderLayer(
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
        self,
        x: Float[Tensor, "batch length d_model"],
        memory: Float[Tensor, "batch source d_model"],
        mask: Bool[Tensor, "#batch #heads #length length"] | None = None,
        memory_mask: Bool[Tensor, "#batch #heads #length source"] | None = None,
        *,
        causal: bool = True,
    ) -> Float[Tensor, "batch length d_model"]:
        """Run every layer in turn.

        Args:
            x: Vectors of shape (batch, length, d_model).
            memory: The encoder's output, (batch, source, d_model).
            mask: Bool, True where attending within ``x`` is allowed; broadcasts to (batch, heads, length, length).
            memory_mask: Bool, the same for ``memory``; broadcasts to (batch, heads, length, source).
            causal: Hide the future too, whatever ``mask`` says.

        Returns:
            Vectors of the shape of ``x``.

        Raises:
            TypeError: An input is not a tensor of the module's dtype, or a mask is not bool.
            ValueError: Shapes or devices do not fit together.
        """
        for layer in self.layers:
            x = layer(x, memory, mask, memory_mask, causal=causal)
        output: Tensor = self.final_norm(x)
        return output
