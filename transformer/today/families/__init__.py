"""Published language models, each a function that says what it is made of."""

from transformer.today.families.gemma import gelu_tanh, gemma, gemma3
from transformer.today.families.llama import llama, mistral, mixtral, qwen3
from transformer.today.families.others import gpt2, gpt_neox, nanochat, olmo2, squared_relu
from transformer.today.families.sizes import Sizes

__all__ = [
    "Sizes",
    "gelu_tanh",
    "gemma",
    "gemma3",
    "gpt2",
    "gpt_neox",
    "llama",
    "mistral",
    "mixtral",
    "nanochat",
    "olmo2",
    "qwen3",
    "squared_relu",
]
