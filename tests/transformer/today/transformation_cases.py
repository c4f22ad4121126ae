"""Today's modules, for the transformations. In each batch some items begin with padding, and one is nothing else."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.transformer.transformation_cases import D_MODEL, LENGTH, VOCAB, Case, heads, ids, vectors
from transformer import today
from transformer.today import families
from transformer.today.families import Sizes

SIZES = Sizes(vocab_size=VOCAB, d_model=D_MODEL, num_layers=2, num_heads=4, num_kv_heads=2, head_dim=6, d_ff=17)
ROTARY = today.Rotary(today.rotary_frequencies(6))


def places(batch: int) -> Tensor:
    padding = torch.arange(batch) % 2
    padding[-1] = LENGTH
    return torch.arange(LENGTH) - padding[:, None]


def attention() -> today.Attention:
    norms = {"q_norm": nn.RMSNorm(6), "k_norm": nn.RMSNorm(6)}
    return SIZES.attention(positions=ROTARY, visible=today.window(2), dropout=0.25, **norms)


def gated() -> today.GatedFeedForward:
    return today.GatedFeedForward(D_MODEL, 17, F.silu)


def block(kind: type[today.Block]) -> today.Block:
    return kind(attention(), gated(), attention_norm=nn.RMSNorm(D_MODEL), ff_output_norm=nn.RMSNorm(D_MODEL), dropout=0.25)


class Packed(nn.Module):
    """A model that reads packed texts."""

    def __init__(self) -> None:
        super().__init__()
        self.model = families.qwen3(SIZES)

    def forward(self, tokens: Tensor, numbers: Tensor) -> Tensor:
        output: Tensor = self.model(tokens, visible=today.same_document(numbers))
        return output


TODAY = {
    "today.Rotary": Case(lambda: today.Rotary(today.rotary_frequencies(4)), lambda n: (heads(n), places(n))),
    "today.Rotary of neighbours": Case(
        lambda: today.Rotary(today.rotary_frequencies(6), today.neighbours), lambda n: (heads(n), places(n))
    ),
    "today.LearnedPositions": Case(lambda: today.LearnedPositions(LENGTH, D_MODEL), lambda n: (places(n),)),
    "today.Embedding": Case(
        lambda: today.Embedding(VOCAB, D_MODEL, positions=today.LearnedPositions(LENGTH, D_MODEL), norm=nn.LayerNorm(D_MODEL)),
        lambda n: (ids(n), places(n)),
    ),
    "today.Attention": Case(attention, lambda n: (vectors(n), places(n))),
    "today.FeedForward": Case(lambda: today.FeedForward(D_MODEL, 17, families.gelu_tanh), lambda n: (vectors(n),)),
    "today.GatedFeedForward": Case(gated, lambda n: (vectors(n),)),
    "today.MixtureOfExperts": Case(
        lambda: today.MixtureOfExperts(D_MODEL, [gated() for _ in range(3)], active=2), lambda n: (vectors(n),)
    ),
    "today.Block": Case(lambda: block(today.Block), lambda n: (vectors(n), places(n))),
    "today.ParallelBlock": Case(lambda: block(today.ParallelBlock), lambda n: (vectors(n), places(n))),
    "today.LanguageModel": Case(lambda: families.qwen3(SIZES), lambda n: (ids(n),)),
    "today.LanguageModel of OLMo 2": Case(lambda: families.olmo2(SIZES), lambda n: (ids(n),)),
    "today.LanguageModel, packed": Case(Packed, lambda n: (ids(n), torch.tensor([0, 0, 1]).expand(n, -1))),
    "today.SoftCap": Case(lambda: today.SoftCap(15.0), lambda n: (vectors(n),)),
    "today.LoRALinear": Case(lambda: today.LoRALinear(nn.Linear(D_MODEL, 17), 2, 0.5), lambda n: (vectors(n),)),
    "today.Int8Linear": Case(lambda: today.Int8Linear(nn.Linear(D_MODEL, 17)), lambda n: (vectors(n),)),
}
