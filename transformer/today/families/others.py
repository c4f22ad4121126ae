"""Models that go other ways than Llama: GPT-2 before it, GPT-NeoX beside it, OLMo 2 and nanochat after it."""

from functools import partial

import torch.nn.functional as F
from torch import Tensor, nn

from transformer.today.block import Block, ParallelBlock
from transformer.today.embedding import Embedding, tied, untied
from transformer.today.families.gemma import gelu_tanh
from transformer.today.families.sizes import Sizes
from transformer.today.feed_forward import FeedForward, GatedFeedForward
from transformer.today.frequencies import Frequencies, rotary_frequencies
from transformer.today.model import LanguageModel, SoftCap
from transformer.today.positions import LearnedPositions, Rotary


def gpt2(sizes: Sizes, *, max_length: int, eps: float = 1e-5, dropout: float = 0.0) -> LanguageModel:
    """Make a GPT-2: LayerNorm before each part, learned positions, GELU, biases, a tied output.

    Args:
        sizes: How large it is.
        max_length: Number of positions; 1024 in the published models.
        eps: What the norms add to the variance.
        dropout: Probability of dropout on attention weights and on what is added, in training.

    Returns:
        The model, with random weights.

    Source:
        Radford et al. 2019 (GPT-2), section 2.3.

    Example:
        >>> sizes = Sizes(vocab_size=50_257, d_model=768, num_layers=12, num_heads=12, num_kv_heads=12, head_dim=64, d_ff=3072)
        >>> import torch
        >>> with torch.device("meta"):
        ...     model = gpt2(sizes, max_length=1024)
        >>> sum(weight.numel() for weight in model.parameters())  # the smallest GPT-2
        124439808
    """
    norm = partial(nn.LayerNorm, sizes.d_model, eps)

    def block() -> Block:
        attention = sizes.attention(bias=True, dropout=dropout)
        feed_forward = FeedForward(sizes.d_model, sizes.d_ff, gelu_tanh)
        return Block(attention, feed_forward, attention_norm=norm(), ff_norm=norm(), dropout=dropout)

    places = LearnedPositions(max_length, sizes.d_model)
    embedding = Embedding(sizes.vocab_size, sizes.d_model, positions=places)
    blocks = [block() for _ in range(sizes.num_layers)]
    return LanguageModel(embedding, blocks, norm(), tied(embedding))


def gpt_neox(sizes: Sizes, *, frequencies: Frequencies | None = None, eps: float = 1e-5) -> LanguageModel:
    """Make a GPT-NeoX, such as Pythia: attention and feed-forward side by side, and a part of each head turns.

    Args:
        sizes: How large it is.
        frequencies: How fast pairs turn. None is ``rotary_frequencies(head_dim // 4)``: the first quarter of a head turns.
        eps: What the norms add to the variance.

    Returns:
        The model, with random weights.

    Source:
        Black et al. 2022 (GPT-NeoX-20B), section 2.1.

    Example:
        >>> import torch
        >>> sizes = Sizes(vocab_size=11, d_model=48, num_layers=2, num_heads=3, num_kv_heads=3, head_dim=16, d_ff=17)
        >>> gpt_neox(sizes)(torch.tensor([[4, 5, 6, 7]])).shape
        torch.Size([1, 4, 11])
    """
    norm = partial(nn.LayerNorm, sizes.d_model, eps)
    rotary = Rotary(frequencies or rotary_frequencies(sizes.head_dim // 4))

    def block() -> Block:
        attention = sizes.attention(bias=True, positions=rotary)
        feed_forward = FeedForward(sizes.d_model, sizes.d_ff, F.gelu)
        return ParallelBlock(attention, feed_forward, attention_norm=norm(), ff_norm=norm())

    embedding = Embedding(sizes.vocab_size, sizes.d_model)
    blocks = [block() for _ in range(sizes.num_layers)]
    return LanguageModel(embedding, blocks, norm(), untied(embedding))


def olmo2(sizes: Sizes, *, frequencies: Frequencies | None = None, eps: float = 1e-6) -> LanguageModel:
    """Make an OLMo 2: norms after each part and none before, and norms over the queries and the keys of all heads together.

    Args:
        sizes: How large it is.
        frequencies: How fast pairs turn. None is ``rotary_frequencies(head_dim, 500_000)``.
        eps: What the norms add to the mean square.

    Returns:
        The model, with random weights.

    Source:
        OLMo team 2025 (OLMo 2), section 3.2.

    Example:
        >>> import torch
        >>> sizes = Sizes(vocab_size=11, d_model=12, num_layers=2, num_heads=6, num_kv_heads=2, head_dim=4, d_ff=17)
        >>> olmo2(sizes)(torch.tensor([[4, 5, 6, 7]])).shape
        torch.Size([1, 4, 11])
    """
    norm = partial(nn.RMSNorm, sizes.d_model, eps)
    rotary = Rotary(frequencies or rotary_frequencies(sizes.head_dim, 500_000.0))

    def projection(heads: int) -> nn.Module:
        width = heads * sizes.head_dim
        return nn.Sequential(nn.Linear(sizes.d_model, width, bias=False), nn.RMSNorm(width, eps))

    def block() -> Block:
        q_proj, k_proj = projection(sizes.num_heads), projection(sizes.num_kv_heads)
        attention = sizes.attention(positions=rotary, q_proj=q_proj, k_proj=k_proj)
        feed_forward = GatedFeedForward(sizes.d_model, sizes.d_ff, F.silu)
        return Block(attention, feed_forward, attention_output_norm=norm(), ff_output_norm=norm())

    embedding = Embedding(sizes.vocab_size, sizes.d_model)
    blocks = [block() for _ in range(sizes.num_layers)]
    return LanguageModel(embedding, blocks, norm(), untied(embedding))


def nanochat(sizes: Sizes, *, frequencies: Frequencies | None = None, eps: float = 1e-6, cap: float = 15.0) -> LanguageModel:
    """Make a nanochat: norms without gains, pairs that turn the other way, squared ReLU, and bent scores.

    It normalises queries and keys after it has turned them. Without gains that is the same as before, where they stand here.

    Args:
        sizes: How large it is.
        frequencies: How fast pairs turn. None is ``rotary_frequencies(head_dim)``, negated.
        eps: What the norms add to the mean square.
        cap: The bound of the scores.

    Returns:
        The model, with random weights.

    Source:
        The repository karpathy/nanochat, as Hugging Face's ``NanoChat`` has it.

    Example:
        >>> import torch
        >>> sizes = Sizes(vocab_size=11, d_model=12, num_layers=2, num_heads=6, num_kv_heads=2, head_dim=4, d_ff=17)
        >>> nanochat(sizes)(torch.tensor([[4, 5, 6, 7]])).shape
        torch.Size([1, 4, 11])
    """
    norm = partial(nn.RMSNorm, sizes.d_model, eps, elementwise_affine=False)
    head_norm = partial(nn.RMSNorm, sizes.head_dim, eps, elementwise_affine=False)
    rotary = Rotary(frequencies or tuple(-angle for angle in rotary_frequencies(sizes.head_dim)))

    def block() -> Block:
        attention = sizes.attention(positions=rotary, q_norm=head_norm(), k_norm=head_norm())
        feed_forward = FeedForward(sizes.d_model, sizes.d_ff, squared_relu, bias=False)
        return Block(attention, feed_forward, attention_norm=norm(), ff_norm=norm())

    embedding = Embedding(sizes.vocab_size, sizes.d_model, norm=norm())
    blocks = [block() for _ in range(sizes.num_layers)]
    return LanguageModel(embedding, blocks, norm(), nn.Sequential(untied(embedding), SoftCap(cap)))


def squared_relu(x: Tensor) -> Tensor:
    """Cut the negative part, and square the rest."""
    return F.relu(x).square()
