"""Small models that several tests share, with every number drawn at random."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from tests.transformer.helpers import randomize
from transformer.today import LanguageModel, causal, rotary_frequencies, window
from transformer.today.families import (
    Sizes,
    gemma,
    gemma3,
    gpt2,
    gpt_neox,
    llama,
    mistral,
    mixtral,
    nanochat,
    olmo2,
    qwen3,
)

VOCAB, D_MODEL, WINDOW = 11, 12, 3
SIZES = Sizes(vocab_size=VOCAB, d_model=D_MODEL, num_layers=3, num_heads=6, num_kv_heads=2, head_dim=4, d_ff=17)
ALL_HEADS = Sizes(vocab_size=VOCAB, d_model=D_MODEL, num_layers=3, num_heads=3, num_kv_heads=3, head_dim=4, d_ff=17)
GEMMA3_LAYERS = [(window(WINDOW), rotary_frequencies(4)), (causal, rotary_frequencies(4, 1e6)), (window(2), (1.0, 0.3))]

FAMILIES: dict[str, Callable[[], LanguageModel]] = {
    "llama": partial(llama, SIZES),
    "mistral": partial(mistral, SIZES, visible=window(WINDOW)),
    "mixtral": partial(mixtral, SIZES, num_experts=4, active=2),
    "qwen3": partial(qwen3, SIZES),
    "gemma": partial(gemma, SIZES),
    "gemma3": partial(gemma3, SIZES, layers=GEMMA3_LAYERS, scale=0.4),
    "olmo2": partial(olmo2, SIZES),
    "nanochat": partial(nanochat, SIZES),
    "gpt2": partial(gpt2, ALL_HEADS, max_length=19),
    "gpt_neox": partial(gpt_neox, ALL_HEADS, frequencies=(1.0,)),
}


def made(name: str, **changed: Any) -> LanguageModel:
    model = FAMILIES[name](**changed).double()
    randomize(model)
    return model.eval()


def text(*shape: int) -> Tensor:
    return torch.randint(VOCAB, shape)


def in_pieces(model: LanguageModel, tokens: Tensor, sizes: list[int], **how: Any) -> Tensor:
    """Read a text piece by piece with one cache."""
    cache = model.cache(**how)
    return torch.cat([model(piece, cache) for piece in torch.split(tokens, sizes, dim=1)], dim=1)
