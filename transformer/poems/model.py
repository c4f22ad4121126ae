"""The poet: a small Qwen3 that also knows the place of a character by heart, since a form has its places."""

from dataclasses import dataclass, fields

from torch import nn

from transformer.checks import check_positive_int
from transformer.poems.forms import LONGEST
from transformer.today.attention import Attention
from transformer.today.embedding import Embedding
from transformer.today.families import Sizes, qwen3
from transformer.today.feed_forward import GatedFeedForward
from transformer.today.frequencies import rotary_frequencies
from transformer.today.model import LanguageModel
from transformer.today.positions import LearnedPositions

BASE = 1000.0  # a poem has 57 tokens: slower pairs would not turn


@dataclass(frozen=True)
class PoetSettings:
    """How large a poet is.

    Args:
        d_model: Width of the vectors.
        num_layers: Number of blocks.
        num_heads: Number of query heads.
        num_kv_heads: Number of key and value heads; must divide ``num_heads``.
        head_dim: Width of a head.
        d_ff: Width inside the feed-forward network.

    Raises:
        TypeError: A size is not an int.
        ValueError: A size is below 1, ``head_dim`` is odd, or ``num_heads`` is not divisible by ``num_kv_heads``.

    Source:
        Yang et al. 2025 (Qwen3), section 2, for what is that large.

    Example:
        >>> PoetSettings(d_model=12, num_heads=3, num_kv_heads=1, head_dim=4, d_ff=17).sizes(100).vocab_size
        100
    """

    d_model: int = 160
    num_layers: int = 5
    num_heads: int = 4
    num_kv_heads: int = 2
    head_dim: int = 40
    d_ff: int = 432

    def __post_init__(self) -> None:
        rotary_frequencies(check_positive_int("head_dim", self.head_dim))
        self.sizes(1)

    def sizes(self, vocab_size: int) -> Sizes:
        """Add the size of the vocabulary, which the poems decide."""
        return Sizes(vocab_size=vocab_size, **{field.name: getattr(self, field.name) for field in fields(self)})


def make_poet(sizes: Sizes) -> LanguageModel:
    """Make a poet with random weights.

    Args:
        sizes: How large it is.

    Returns:
        A Qwen3 with a tied output, and a learned vector for each place beside the rotation.

    Source:
        Yang et al. 2025 (Qwen3), section 2; Radford et al. 2019 (GPT-2), section 2.3, for the places and for the smaller start of
        what is added to the residual stream.

    Example:
        >>> import torch
        >>> poet = make_poet(PoetSettings(d_model=12, num_heads=3, num_kv_heads=1, head_dim=4, d_ff=17).sizes(100))
        >>> poet(torch.tensor([[2, 7, 8]])).shape
        torch.Size([1, 3, 100])
    """
    model = qwen3(sizes, frequencies=rotary_frequencies(sizes.head_dim, BASE))
    embedding = model.embedding
    assert isinstance(embedding, Embedding)
    embedding.positions = LearnedPositions(LONGEST, sizes.d_model)
    for part in model.modules():
        if isinstance(part, Attention):
            _draw(1.0, part.q_proj, part.k_proj, part.v_proj)
            _draw((2 * sizes.num_layers) ** -0.5, part.out_proj)
        elif isinstance(part, GatedFeedForward):
            _draw(1.0, part.linear_gate, part.linear_in)
            _draw((2 * sizes.num_layers) ** -0.5, part.linear_out)
    return model


def _draw(factor: float, *layers: nn.Module) -> None:
    """Draw matrices that keep the size of a vector, but for a factor."""
    for layer in layers:
        assert isinstance(layer, nn.Linear)
        nn.init.normal_(layer.weight, std=factor * layer.in_features**-0.5)
