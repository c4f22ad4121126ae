"""Weights of Hugging Face's models: a published model is read, and ours computes the same."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from torch import nn

from transformer.today import names
from transformer.today.embedding import tied, untied
from transformer.today.families import Sizes, gemma, gemma3, gpt2, gpt_neox, llama, mistral, mixtral, nanochat, olmo2, qwen3
from transformer.today.families.llama import Output
from transformer.today.frequencies import Frequencies, interpolated, llama3_frequencies, rotary_frequencies
from transformer.today.model import LanguageModel
from transformer.today.visible import Rule, causal, window


class _Kind(NamedTuple):
    make: Callable[[Any], LanguageModel]
    pairs: names.Pairs
    expected: Mapping[str, object]
    """What a config must say: what is not in this table is not in our model."""


def from_hugging_face(model: nn.Module) -> LanguageModel:
    """Make the language model that computes what one of ``transformers`` computes, with a copy of its weights.

    Args:
        model: A ``...ForCausalLM`` of Llama, Mistral, Mixtral, Qwen3, Gemma, Gemma 3 (text), GPT-2, GPT-NeoX, OLMo 2 or nanochat.

    Returns:
        The model, in the dtype and on the device of the other.

    Raises:
        TypeError: ``model`` is no module with a config.
        ValueError: It is of another kind, its config asks for what ours does not have, or one of its weights has no place here.

    Source:
        The names are those of the library transformers, version 5.

    Example:
        >>> from_hugging_face(torch.nn.Linear(2, 3))
        Traceback (most recent call last):
        TypeError: model must be a model of transformers, with a config, got Linear
    """
    config: Any = getattr(model, "config", None)
    if not (isinstance(model, nn.Module) and hasattr(config, "model_type")):
        raise TypeError(f"model must be a model of transformers, with a config, got {type(model).__name__}")
    if config.model_type not in KINDS:
        raise ValueError(f"model must be of type {', '.join(sorted(KINDS))}, got {config.model_type}")
    kind = KINDS[config.model_type]
    for name, value in kind.expected.items():
        if getattr(config, name) != value:
            raise ValueError(f"{name} must be {value}, got {getattr(config, name)}")
    theirs, pairs = model.state_dict(), name_pairs(config)
    if config.tie_word_embeddings:
        theirs.pop("lm_head.weight", None)
    left = theirs.keys() - {pair.theirs for pair in pairs}
    if left:
        raise ValueError(f"model has weights for which there is no place, such as {min(left)}")
    with torch.device("meta"):
        ours = kind.make(config)
    state = {pair.ours: (pair.part(theirs[pair.theirs].detach()) + pair.plus).contiguous() for pair in pairs}
    ours.load_state_dict(state, assign=True)
    return ours


def name_pairs(config: Any) -> list[names.Pair]:
    """List where the numbers of each parameter of ours are, for the config of a model that ``from_hugging_face`` takes."""
    return list(KINDS[config.model_type].pairs(config))


def _sizes(config: Any) -> Sizes:
    heads = config.num_attention_heads
    return Sizes(
        vocab_size=config.vocab_size,
        d_model=config.hidden_size,
        num_layers=config.num_hidden_layers,
        num_heads=heads,
        num_kv_heads=getattr(config, "num_key_value_heads", None) or heads,
        head_dim=getattr(config, "head_dim", None) or config.hidden_size // heads,
        d_ff=getattr(config, "intermediate_size", None) or getattr(config, "n_inner", None) or 4 * config.hidden_size,
    )


def _frequencies(config: Any, rope: dict[str, Any] | None = None) -> Frequencies:
    rope = rope or config.rope_parameters
    width = int(_sizes(config).head_dim * rope.get("partial_rotary_factor", 1.0))
    plain = rotary_frequencies(width, rope["rope_theta"])
    match rope.get("rope_type", "default"):
        case "default":
            return plain
        case "linear":
            return interpolated(plain, rope["factor"])
        case "llama3":
            turns = {"low": rope["low_freq_factor"], "high": rope["high_freq_factor"], "factor": rope["factor"]}
            return llama3_frequencies(plain, **turns, original_length=rope["original_max_position_embeddings"])
        case other:
            raise ValueError(f"rope_type must be default, linear or llama3, got {other}")


def _seen(config: Any) -> Rule:
    return causal if config.sliding_window is None else window(config.sliding_window)


def _output(config: Any) -> Output:
    return tied if config.tie_word_embeddings else untied


def _common(config: Any) -> dict[str, Any]:
    return {"sizes": _sizes(config), "frequencies": _frequencies(config), "eps": config.rms_norm_eps}


def _gemma3(config: Any) -> LanguageModel:
    ropes = {name: _frequencies(config, rope) for name, rope in config.rope_parameters.items()}
    rules = {"sliding_attention": window(config.sliding_window), "full_attention": causal}
    layers = [(rules[name], ropes[name]) for name in config.layer_types]
    return gemma3(_sizes(config), layers=layers, scale=config.query_pre_attn_scalar**-0.5, eps=config.rms_norm_eps)


def _gpt2(config: Any) -> LanguageModel:
    return gpt2(_sizes(config), max_length=config.n_positions, eps=config.layer_norm_epsilon)


def _mixtral(config: Any) -> LanguageModel:
    experts = {"num_experts": config.num_local_experts, "active": config.num_experts_per_tok}
    return mixtral(**_common(config), **experts, visible=_seen(config))


def _nanochat(config: Any) -> LanguageModel:
    other_way = tuple(-angle for angle in _frequencies(config))
    return nanochat(**{**_common(config), "frequencies": other_way}, cap=config.final_logit_softcapping)


SILU = {"hidden_act": "silu"}
KINDS = {
    "llama": _Kind(lambda config: llama(**_common(config), output=_output(config)), names.named(names.LLAMA), SILU),
    "mistral": _Kind(lambda config: mistral(**_common(config), visible=_seen(config)), names.named(names.LLAMA), SILU),
    "mixtral": _Kind(_mixtral, names.mixtral, {**SILU, "tie_word_embeddings": False}),
    "qwen3": _Kind(
        lambda config: qwen3(**_common(config), output=_output(config)),
        names.named({**names.LLAMA, **names.HEAD_NORMS}),
        {**SILU, "use_sliding_window": False},
    ),
    "gemma": _Kind(
        lambda config: gemma(**_common(config)),
        names.named(names.LLAMA, plus=1.0),
        {"hidden_act": "gelu_pytorch_tanh", "tie_word_embeddings": True},
    ),
    "gemma3_text": _Kind(
        _gemma3,
        names.named({**names.ATTENTION, **names.GATED, **names.SANDWICH}, plus=1.0),
        {
            "hidden_activation": "gelu_pytorch_tanh",
            "tie_word_embeddings": True,
            "attn_logit_softcapping": None,
            "final_logit_softcapping": None,
            "use_bidirectional_attention": False,
        },
    ),
    "gpt2": _Kind(
        _gpt2,
        names.gpt2,
        {
            "activation_function": "gelu_new",
            "tie_word_embeddings": True,
            "scale_attn_weights": True,
            "scale_attn_by_inverse_layer_idx": False,
        },
    ),
    "gpt_neox": _Kind(
        lambda config: gpt_neox(_sizes(config), frequencies=_frequencies(config), eps=config.layer_norm_eps),
        names.gpt_neox,
        {"hidden_act": "gelu", "use_parallel_residual": True, "tie_word_embeddings": False},
    ),
    "olmo2": _Kind(lambda config: olmo2(**_common(config)), names.named(names.OLMO2), {**SILU, "tie_word_embeddings": False}),
    "nanochat": _Kind(
        _nanochat,
        names.named(names.NANOCHAT, norm=False, output="output.0"),
        {"hidden_act": "relu2", "tie_word_embeddings": False},
    ),
}
