"""The decoder: causal self-attention, attention to the memory, and feed-forward, several layers deep."""

from typing import Unpack

from jaxtyping import Bool, Float
from torch import Tensor, nn

from transformer.cache import DecoderCache, LayerCache
from transformer.checks import check_bool, check_features, check_mask, check_positive_int, check_same_batch, given
from transformer.layer_parts import LayerArguments, LayerParts, built_of_parts
from transformer.masks import causal_mask


@built_of_parts
class DecoderLayer(nn.Module):
    """Let each position look at itself and what came before, then at the memory, then transform it by itself.

    Args:
        sizes, choices: Those of ``LayerParts``: d_model, num_heads and d_ff, and by name what may be left out.

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

    def __init__(self, *sizes: int, **choices: Unpack[LayerArguments]) -> None:
        super().__init__()
        parts = LayerParts(*sizes, **choices)
        self.d_model = parts.d_model
        self.self_attention = parts.attention()
        self.self_attention_add_norm = parts.add_norm()
        self.cross_attention = parts.attention()
        self.cross_attention_add_norm = parts.add_norm()
        self.feed_forward = parts.feed_forward()
        self.feed_forward_add_norm = parts.add_norm()

    def forward(
        self,
        x: Float[Tensor, "batch length d_model"],
        memory: Float[Tensor, "items source d_model"],
        mask: Bool[Tensor, "#batch #heads #length all"] | None = None,
        memory_mask: Bool[Tensor, "#items #heads #length source"] | None = None,
        *,
        causal: bool = True,
        cache: LayerCache | None = None,
    ) -> Float[Tensor, "batch length d_model"]:
        """Run the layer.

        Args:
            x: Vectors of shape (batch, length, d_model).
            memory: The encoder's output, (batch, source, d_model).
            mask: Bool, True where attending within ``x`` is allowed; broadcasts to (batch, heads, length, length).
            memory_mask: Bool, the same for ``memory``; broadcasts to (batch, heads, length, source).
            causal: Hide the future too, whatever ``mask`` says.
            cache: What was kept of the tokens before ``x``, see ``transformer.cache``: then ``mask`` is for them too, and an item
                of ``memory`` serves as many rows of ``x`` as the cache has beams. None if ``x`` is all.

        Returns:
            Vectors of the shape of ``x``.

        Raises:
            TypeError: An input is not a tensor of the module's dtype, or a mask is not bool.
            ValueError: Shapes or devices do not fit together.
        """
        if cache is None:  # who gives a cache has checked what goes with it
            self._check(x, memory, mask, memory_mask, causal)
        past, length = 0 if cache is None else cache.past.length, x.shape[1]
        if causal and length > min(past, 1):  # the newest token alone has no future to hide
            seen = causal_mask(past + length, device=x.device)[:, :, past:]
            mask = seen if mask is None else seen & mask
        kept, recalled = given(cache=cache and cache.past), given(cache=cache and cache.memory)
        x = self.self_attention_add_norm(x, lambda y: self.self_attention(y, y, y, mask, **kept)[0])
        x = self.cross_attention_add_norm(x, lambda y: self.cross_attention(y, memory, memory, memory_mask, **recalled)[0])
        return self.feed_forward_add_norm(x, self.feed_forward)

    def _check(self, x: Tensor, memory: Tensor, mask: Tensor | None, memory_mask: Tensor | None, causal: bool) -> None:
        check_features("x", x, self.d_model, self.self_attention.q_proj)
        check_features("memory", memory, self.d_model, self.cross_attention.k_proj)
        check_same_batch("x", x, "memory", memory)
        check_bool("causal", causal)
        (batch, length), heads = x.shape[:2], self.self_attention.num_heads
        if mask is not None:
            check_mask("mask", mask, batch, heads, length, length, x.device)
        if memory_mask is not None:
            check_mask("memory_mask", memory_mask, batch, heads, length, memory.shape[1], x.device)


@built_of_parts
class Decoder(nn.Module):
    """Stack decoder layers; with pre-norm, normalise once more at the end, because no layer normalised its output.

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
        >>> x, memory = torch.zeros(2, 5, 6), torch.zeros(2, 7, 6)
        >>> Decoder(num_layers=2, d_model=6, num_heads=3, d_ff=11)(x, memory).shape
        torch.Size([2, 5, 6])
    """

    def __init__(self, num_layers: int, *sizes: int, **choices: Unpack[LayerArguments]) -> None:
        super().__init__()
        check_positive_int("num_layers", num_layers)
        self.layers = nn.ModuleList(DecoderLayer(*sizes, **choices) for _ in range(num_layers))
        self.final_norm = LayerParts(*sizes, **choices).final_norm()

    def forward(
        self,
        x: Float[Tensor, "batch length d_model"],
        memory: Float[Tensor, "items source d_model"],
        mask: Bool[Tensor, "#batch #heads #length all"] | None = None,
        memory_mask: Bool[Tensor, "#items #heads #length source"] | None = None,
        *,
        causal: bool = True,
        cache: DecoderCache | None = None,
    ) -> Float[Tensor, "batch length d_model"]:
        """Run every layer in turn.

        Args:
            x: Vectors of shape (batch, length, d_model).
            memory: The encoder's output, (batch, source, d_model).
            mask: Bool, True where attending within ``x`` is allowed; broadcasts to (batch, heads, length, length).
            memory_mask: Bool, the same for ``memory``; broadcasts to (batch, heads, length, source).
            causal: Hide the future too, whatever ``mask`` says.
            cache: What was kept of the tokens before ``x``, see ``transformer.cache``: then ``mask`` is for them too, and an item
                of ``memory`` serves as many rows of ``x`` as the cache has beams. None if ``x`` is all.

        Returns:
            Vectors of the shape of ``x``.

        Raises:
            TypeError: An input is not a tensor of the module's dtype, or a mask is not bool.
            ValueError: Shapes or devices do not fit together.
        """
        for index, layer in enumerate(self.layers):
            kept = None if cache is None else cache.layers[index]
            x = layer(x, memory, mask, memory_mask, causal=causal, **given(cache=kept))
        return self.final_norm(x)
