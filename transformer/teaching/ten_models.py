"""Ten published language models of Hugging Face's transformers, small and with random weights, and their comparison with ours."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from transformer.today.model import LanguageModel
from transformer.today.weights import name_pairs

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # before the import, which reads it: a build asks no host
import transformers as hf

VOCAB = 53
_SINGLE = torch.float32
_SIZES: dict[str, Any] = {
    "vocab_size": VOCAB,
    "hidden_size": 24,
    "num_hidden_layers": 4,
    "num_attention_heads": 6,
    "max_position_embeddings": 64,
    "pad_token_id": None,  # a number would keep the gradient from one row of the embedding
    "bos_token_id": None,
    "eos_token_id": None,
    "attn_implementation": "eager",
}
_LLAMA = {**_SIZES, "num_key_value_heads": 2, "intermediate_size": 40}
_WIDE = {**_LLAMA, "head_dim": 10}  # more than d_model / num_heads


def _rope(base: float) -> dict[str, object]:
    return {"rope_parameters": {"rope_type": "default", "rope_theta": base}}


MODELS: dict[str, tuple[Callable[..., Any], Callable[..., Any], dict[str, Any]]] = {
    "Llama": (hf.LlamaForCausalLM, hf.LlamaConfig, {**_LLAMA, **_rope(500_000.0)}),
    "Mistral": (hf.MistralForCausalLM, hf.MistralConfig, {**_LLAMA, "head_dim": 4, "sliding_window": 5}),
    "Mixtral": (
        hf.MixtralForCausalLM,
        hf.MixtralConfig,  # the default for experts refuses float64
        {**_LLAMA, "num_local_experts": 4, "num_experts_per_tok": 2, "experts_implementation": "eager"},
    ),
    "Qwen3": (hf.Qwen3ForCausalLM, hf.Qwen3Config, {**_WIDE, **_rope(1_000_000.0), "tie_word_embeddings": True}),
    "Gemma": (hf.GemmaForCausalLM, hf.GemmaConfig, _WIDE),
    "Gemma 3": (
        hf.Gemma3ForCausalLM,
        hf.Gemma3TextConfig,
        {**_WIDE, "query_pre_attn_scalar": 7, "sliding_window": 5, "layer_types": ["sliding_attention", "full_attention"] * 2},
    ),
    "OLMo 2": (hf.Olmo2ForCausalLM, hf.Olmo2Config, {**_LLAMA, **_rope(500_000.0)}),
    "nanochat": (hf.NanoChatForCausalLM, hf.NanoChatConfig, _LLAMA),
    "GPT-2": (hf.GPT2LMHeadModel, hf.GPT2Config, {**_SIZES, "resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}),
    "GPT-NeoX": (hf.GPTNeoXForCausalLM, hf.GPTNeoXConfig, {**_SIZES, "intermediate_size": 40, "rotary_pct": 0.5}),
}
"""For each model its class, the class of its config, and what the config says."""


@contextmanager
def in_double() -> Iterator[None]:
    """Let transformers compute in float64 altogether: whatever a model's dtype, it has norms, angles and softmax in float32.

    Example:
        >>> with in_double():
        ...     print(torch.zeros(1, dtype=torch.float32).dtype)
        torch.float64
    """
    with ExitStack() as stack:
        for name in ("float32", "float"):
            stack.enter_context(patch.object(torch, name, torch.float64))
        stack.enter_context(patch.object(torch.Tensor, "float", torch.Tensor.double))
        torch.set_default_dtype(torch.float64)
        stack.callback(torch.set_default_dtype, _SINGLE)
        yield


def published(name: str, **changed: object) -> nn.Module:
    """Make one of the ten in float64, each weight drawn at random: at its starting value, 0 or 1, a mistake would hide.

    Args:
        name: A name of ``MODELS``.
        changed: What its config says in place of what stands there.

    Returns:
        A model of transformers.

    Example:
        >>> type(published("Llama")).__name__
        'LlamaForCausalLM'
    """
    with in_double():
        kind, config, said = MODELS[name]
        model: nn.Module = kind(config(**{**said, **changed})).double()
    for parameter in model.parameters():
        nn.init.normal_(parameter, mean=0.1, std=0.5)
    return model


def scores(theirs: nn.Module, tokens: Tensor, **masks: Tensor) -> Tensor:
    """Run a model of transformers over (batch, length) in float64 and return its logits."""
    with in_double():
        logits: Tensor = theirs(tokens, use_cache=False, **masks).logits
    return logits


def gradients(model: nn.Module, logits: Tensor, tokens: Tensor) -> dict[str, Tensor]:
    """Return the gradient of each parameter, of the loss of each next token."""
    loss = F.cross_entropy(logits[:, :-1].flatten(0, 1), tokens[:, 1:].flatten())
    parameters = dict(model.named_parameters())
    with in_double():
        found = torch.autograd.grad(loss, list(parameters.values()), retain_graph=True)
    return dict(zip(parameters, found, strict=True))


def gradients_by_our_names(theirs: nn.Module, found: dict[str, Tensor]) -> dict[str, Tensor]:
    """Give the gradients of a model of transformers the names and shapes of ours."""
    return {pair.ours: pair.part(found[pair.theirs]) for pair in name_pairs(theirs.config)}


def in_chunks(ours: LanguageModel, tokens: Tensor) -> Tensor:
    """Read a text with a cache, in chunks of 7, 2, and then token by token."""
    cache = ours.cache()
    sizes = [7, 2, *[1] * (tokens.shape[1] - 9)]
    return torch.cat([ours(chunk, cache) for chunk in torch.split(tokens, sizes, dim=1)], dim=1)
