"""Llama and those that changed one thing in it: Mistral, Mixtral, Qwen3."""

from collections.abc import Callable
from functools import partial

import torch.nn.functional as F
from torch import Tensor, nn

from transformer.today.block import Block
from transformer.today.embedding import Embedding, tied, untied
from transformer.today.experts import MixtureOfExperts
from transformer.today.families.sizes import Sizes
from transformer.today.feed_forward import GatedFeedForward
from transformer.today.frequencies import Frequencies, rotary_frequencies
from transformer.today.model import LanguageModel
from transformer.today.positions import Rotary
from transformer.today.visible import Rule, causal

Output = Callable[[Embedding], Callable[[Tensor], Tensor]]
"""``tied`` or ``untied``: makes a model's output from its embedding."""


def llama(
    sizes: Sizes,
    *,
    frequencies: Frequencies | None = None,
    eps: float = 1e-5,
    visible: Rule = causal,
    output: Output = untied,
) -> LanguageModel:
    """Make a Llama: RMSNorm before each part, rotary positions, SwiGLU, no biases.

    Args:
        sizes: How large it is.
        frequencies: How fast pairs turn. None is ``rotary_frequencies(head_dim, 500_000)``, as in Llama 3.
        eps: What the norms add to the mean square.
        visible: Which keys a query may attend to.
        output: ``untied``, or ``tied`` as in the smallest models.

    Returns:
        The model, with random weights.

    Source:
        Touvron et al. 2023 (Llama), section 2.2; Grattafiori et al. 2024 (Llama 3), table 3, for grouped heads and the base.

    Example:
        >>> sizes = Sizes(vocab_size=32_000, d_model=4096, num_layers=32, num_heads=32, num_kv_heads=32, head_dim=128, d_ff=11008)
        >>> import torch
        >>> with torch.device("meta"):
        ...     model = llama(sizes)
        >>> sum(weight.numel() for weight in model.parameters())  # Llama 2 7B
        6738415616
    """
    norm = partial(nn.RMSNorm, sizes.d_model, eps)
    rotary = Rotary(frequencies or rotary_frequencies(sizes.head_dim, 500_000.0))

    def block() -> Block:
        attention = sizes.attention(positions=rotary, visible=visible)
        feed_forward = GatedFeedForward(sizes.d_model, sizes.d_ff, F.silu)
        return Block(attention, feed_forward, attention_norm=norm(), ff_norm=norm())

    embedding = Embedding(sizes.vocab_size, sizes.d_model)
    blocks = [block() for _ in range(sizes.num_layers)]
    return LanguageModel(embedding, blocks, norm(), output(embedding))


def mistral(sizes: Sizes, *, visible: Rule, frequencies: Frequencies | None = None, eps: float = 1e-5) -> LanguageModel:
    """Make a Mistral: a Llama whose tokens see a window.

    Args:
        sizes: How large it is.
        visible: ``window(4096)`` in Mistral 7B.
        frequencies: How fast pairs turn. None is ``rotary_frequencies(head_dim)``.
        eps: What the norms add to the mean square.

    Returns:
        The model, with random weights.

    Source:
        Jiang et al. 2023 (Mistral 7B), section 2.

    Example:
        >>> import torch
        >>> from transformer.today.visible import window
        >>> sizes = Sizes(vocab_size=11, d_model=12, num_layers=2, num_heads=6, num_kv_heads=2, head_dim=4, d_ff=17)
        >>> mistral(sizes, visible=window(3))(torch.tensor([[4, 5, 6, 7]])).shape
        torch.Size([1, 4, 11])
    """
    return llama(sizes, frequencies=frequencies or rotary_frequencies(sizes.head_dim), eps=eps, visible=visible)


def mixtral(
    sizes: Sizes,
    *,
    num_experts: int,
    active: int,
    frequencies: Frequencies | None = None,
    eps: float = 1e-5,
    visible: Rule = causal,
) -> LanguageModel:
    """Make a Mixtral: a Llama with several feed-forward networks in each block, of which a token uses a few.

    Args:
        sizes: How large it is; ``d_ff`` is the width inside one expert.
        num_experts: How many networks a block has; 8 in Mixtral 8x7B.
        active: How many of them a token uses; 2 there.
        frequencies: How fast pairs turn. None is ``rotary_frequencies(head_dim, 1_000_000)``.
        eps: What the norms add to the mean square.
        visible: Which keys a query may attend to.

    Returns:
        The model, with random weights.

    Source:
        Jiang et al. 2024 (Mixtral), section 2.

    Example:
        >>> sizes = Sizes(vocab_size=32_000, d_model=4096, num_layers=32, num_heads=32, num_kv_heads=8, head_dim=128, d_ff=14336)
        >>> import torch
        >>> with torch.device("meta"):
        ...     model = mixtral(sizes, num_experts=8, active=2)
        >>> sum(weight.numel() for weight in model.parameters())  # Mixtral 8x7B
        46702792704
    """
    norm = partial(nn.RMSNorm, sizes.d_model, eps)
    rotary = Rotary(frequencies or rotary_frequencies(sizes.head_dim, 1_000_000.0))

    def block() -> Block:
        attention = sizes.attention(positions=rotary, visible=visible)
        experts = [GatedFeedForward(sizes.d_model, sizes.d_ff, F.silu) for _ in range(num_experts)]
        feed_forward = MixtureOfExperts(sizes.d_model, experts, active)
        return Block(attention, feed_forward, attention_norm=norm(), ff_norm=norm())

    embedding = Embedding(sizes.vocab_size, sizes.d_model)
    blocks = [block() for _ in range(sizes.num_layers)]
    return LanguageModel(embedding, blocks, norm(), untied(embedding))


def qwen3(sizes: Sizes, *, frequencies: Frequencies | None = None, eps: float = 1e-6, output: Output = tied) -> LanguageModel:
    """Make a Qwen3: a Llama that normalises each query and each key before it turns them.

    Args:
        sizes: How large it is.
        frequencies: How fast pairs turn. None is ``rotary_frequencies(head_dim, 1_000_000)``.
        eps: What the norms add to the mean square.
        output: ``tied``, or ``untied`` as in the larger models.

    Returns:
        The model, with random weights.

    Source:
        Yang et al. 2025 (Qwen3), section 2.

    Example:
        >>> sizes = Sizes(vocab_size=151_936, d_model=1024, num_layers=28, num_heads=16, num_kv_heads=8, head_dim=128, d_ff=3072)
        >>> import torch
        >>> with torch.device("meta"):
        ...     model = qwen3(sizes)
        >>> sum(weight.numel() for weight in model.parameters())  # Qwen3 0.6B
        596049920
    """
    norm = partial(nn.RMSNorm, sizes.d_model, eps)
    rotary = Rotary(frequencies or rotary_frequencies(sizes.head_dim, 1_000_000.0))

    def block() -> Block:
        q_norm, k_norm = nn.RMSNorm(sizes.head_dim, eps), nn.RMSNorm(sizes.head_dim, eps)
        attention = sizes.attention(positions=rotary, q_norm=q_norm, k_norm=k_norm)
        feed_forward = GatedFeedForward(sizes.d_model, sizes.d_ff, F.silu)
        return Block(attention, feed_forward, attention_norm=norm(), ff_norm=norm())

    embedding = Embedding(sizes.vocab_size, sizes.d_model)
    blocks = [block() for _ in range(sizes.num_layers)]
    return LanguageModel(embedding, blocks, norm(), output(embedding))
