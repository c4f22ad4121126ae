"""Gemma and Gemma 3."""

from collections.abc import Sequence
from functools import partial

import torch.nn.functional as F
from torch import Tensor, nn

from transformer.today.block import Block
from transformer.today.embedding import Embedding, tied
from transformer.today.families.sizes import Sizes
from transformer.today.feed_forward import GatedFeedForward
from transformer.today.frequencies import Frequencies, rotary_frequencies
from transformer.today.model import LanguageModel
from transformer.today.positions import Rotary
from transformer.today.visible import Rule


def gemma(sizes: Sizes, *, frequencies: Frequencies | None = None, eps: float = 1e-6) -> LanguageModel:
    """Make a Gemma: a Llama with GeGLU, an embedding that is scaled by sqrt(d_model), and a tied output.

    Published weights hold the gain of each norm minus 1; here a gain is a gain.

    Args:
        sizes: How large it is.
        frequencies: How fast pairs turn. None is ``rotary_frequencies(head_dim)``.
        eps: What the norms add to the mean square.

    Returns:
        The model, with random weights.

    Source:
        Gemma team 2024 (Gemma), section 2.

    Example:
        >>> import torch
        >>> sizes = Sizes(vocab_size=11, d_model=12, num_layers=2, num_heads=6, num_kv_heads=2, head_dim=4, d_ff=17)
        >>> gemma(sizes)(torch.tensor([[4, 5, 6, 7]])).shape
        torch.Size([1, 4, 11])
    """
    norm = partial(nn.RMSNorm, sizes.d_model, eps)
    rotary = Rotary(frequencies or rotary_frequencies(sizes.head_dim))

    def block() -> Block:
        attention = sizes.attention(positions=rotary)
        feed_forward = GatedFeedForward(sizes.d_model, sizes.d_ff, gelu_tanh)
        return Block(attention, feed_forward, attention_norm=norm(), ff_norm=norm())

    embedding = Embedding(sizes.vocab_size, sizes.d_model, scale=sizes.d_model**0.5)
    blocks = [block() for _ in range(sizes.num_layers)]
    return LanguageModel(embedding, blocks, norm(), tied(embedding))


def gemma3(
    sizes: Sizes,
    *,
    layers: Sequence[tuple[Rule, Frequencies]],
    scale: float | None = None,
    eps: float = 1e-6,
) -> LanguageModel:
    """Make a Gemma 3: norms before and after each part and on queries and keys, and layers that see a window or everything.

    Args:
        sizes: How large it is.
        layers: What each layer sees, and how fast its pairs turn: in the published models five layers with
            (window(1024), rotary_frequencies(head_dim)), then one with (causal, rotary_frequencies(head_dim, 1_000_000)).
        scale: What scores are multiplied by; None is 1 / sqrt(head_dim).
        eps: What the norms add to the mean square.

    Returns:
        The model, with random weights.

    Raises:
        ValueError: ``layers`` has not one pair for each of the ``num_layers``.

    Source:
        Gemma team 2025 (Gemma 3), section 2.

    Example:
        >>> import torch
        >>> from transformer.today.visible import causal, window
        >>> sizes = Sizes(vocab_size=11, d_model=12, num_layers=2, num_heads=6, num_kv_heads=2, head_dim=4, d_ff=17)
        >>> layers = [(window(3), rotary_frequencies(4)), (causal, rotary_frequencies(4, 1_000_000))]
        >>> gemma3(sizes, layers=layers)(torch.tensor([[4, 5, 6, 7]])).shape
        torch.Size([1, 4, 11])
    """
    if len(layers) != sizes.num_layers:
        raise ValueError(f"layers must have one pair for each of the {sizes.num_layers} layers, got {len(layers)}")
    norm = partial(nn.RMSNorm, sizes.d_model, eps)
    head_norm = partial(nn.RMSNorm, sizes.head_dim, eps)

    def block(visible: Rule, frequencies: Frequencies) -> Block:
        slots = {"positions": Rotary(frequencies), "q_norm": head_norm(), "k_norm": head_norm(), "scale": scale}
        return Block(
            sizes.attention(visible=visible, **slots),
            GatedFeedForward(sizes.d_model, sizes.d_ff, gelu_tanh),
            attention_norm=norm(),
            attention_output_norm=norm(),
            ff_norm=norm(),
            ff_output_norm=norm(),
        )

    embedding = Embedding(sizes.vocab_size, sizes.d_model, scale=sizes.d_model**0.5)
    return LanguageModel(embedding, [block(*layer) for layer in layers], norm(), tied(embedding))


def gelu_tanh(x: Tensor) -> Tensor:
    """Apply the formula by tanh that stands for GELU in GPT-2 and Gemma."""
    return F.gelu(x, approximate="tanh")
