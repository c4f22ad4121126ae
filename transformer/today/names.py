"""Which parameter of ours is which of Hugging Face's, as pairs of names."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from torch import Tensor

PROJECTIONS = {f"attention.{name}_proj": f"self_attn.{name}_proj" for name in ("q", "k", "v")}
ATTENTION = {**PROJECTIONS, "attention.out_proj": "self_attn.o_proj"}
GATED = {
    "feed_forward.linear_gate": "mlp.gate_proj",
    "feed_forward.linear_in": "mlp.up_proj",
    "feed_forward.linear_out": "mlp.down_proj",
}
NORMS = {"attention_norm": "input_layernorm", "ff_norm": "post_attention_layernorm"}
HEAD_NORMS = {"attention.q_norm": "self_attn.q_norm", "attention.k_norm": "self_attn.k_norm"}
LLAMA = {**ATTENTION, **GATED, **NORMS}

SANDWICH = {
    "attention_norm": "input_layernorm",
    "attention_output_norm": "post_attention_layernorm",
    "ff_norm": "pre_feedforward_layernorm",
    "ff_output_norm": "post_feedforward_layernorm",
    **HEAD_NORMS,
}
OLMO2 = {
    "attention.q_proj.0": "self_attn.q_proj",
    "attention.q_proj.1": "self_attn.q_norm",
    "attention.k_proj.0": "self_attn.k_proj",
    "attention.k_proj.1": "self_attn.k_norm",
    "attention.v_proj": "self_attn.v_proj",
    "attention.out_proj": "self_attn.o_proj",
    "attention_output_norm": "post_attention_layernorm",
    "ff_output_norm": "post_feedforward_layernorm",
    **GATED,
}
NANOCHAT = {**ATTENTION, "feed_forward.linear_in": "mlp.fc1", "feed_forward.linear_out": "mlp.fc2"}


class Pair(NamedTuple):
    """One of our parameters, and where its numbers are."""

    ours: str
    theirs: str
    part: Callable[[Tensor], Tensor] = Tensor.detach
    """Takes our numbers out of theirs."""
    plus: float = 0.0
    """Is added to them: Gemma stores the gain of a norm minus 1."""


Pairs = Callable[[Any], Iterator[Pair]]
"""From a model's config to all of its pairs."""


def named(layer: Mapping[str, str], *, plus: float = 0.0, norm: bool = True, output: str = "output") -> Pairs:
    """Pair the names of models that are named as Llama is.

    Args:
        layer: For each module of a block that has a weight and no bias, its name in their layer.
        plus: What is added to the weight of each norm.
        norm: Whether the last norm has a weight.
        output: The name of our output, if it has a weight of its own.

    Returns:
        From a config to the pairs.

    Example:
        >>> from types import SimpleNamespace
        >>> config = SimpleNamespace(num_hidden_layers=1, tie_word_embeddings=True)
        >>> for pair in named({"attention_norm": "input_layernorm"})(config):
        ...     print(pair.ours, "from", pair.theirs)
        embedding.tokens.weight from model.embed_tokens.weight
        norm.weight from model.norm.weight
        blocks.0.attention_norm.weight from model.layers.0.input_layernorm.weight
    """
    return partial(_named, layer=layer, plus=plus, norm=norm, output=output)


def _named(config: Any, *, layer: Mapping[str, str], plus: float, norm: bool, output: str) -> Iterator[Pair]:
    yield Pair("embedding.tokens.weight", "model.embed_tokens.weight")
    if norm:
        yield Pair("norm.weight", "model.norm.weight", plus=plus)
    if not config.tie_word_embeddings:
        yield Pair(f"{output}.weight", "lm_head.weight")
    for number in range(config.num_hidden_layers):
        for ours, theirs in layer.items():
            added = plus if "norm" in theirs else 0.0
            yield Pair(f"blocks.{number}.{ours}.weight", f"model.layers.{number}.{theirs}.weight", plus=added)


def mixtral(config: Any) -> Iterator[Pair]:
    """Pair the names of Mixtral, which keeps the weights of all experts of a layer in one tensor."""
    yield from named({**ATTENTION, **NORMS, "feed_forward.router": "mlp.gate"})(config)
    for layer in range(config.num_hidden_layers):
        for number in range(config.num_local_experts):
            ours = f"blocks.{layer}.feed_forward.experts.{number}"
            theirs = f"model.layers.{layer}.mlp.experts"
            for part, name in enumerate(("linear_gate", "linear_in")):
                yield Pair(f"{ours}.{name}.weight", f"{theirs}.gate_up_proj", partial(_expert, number=number, part=part))
            yield Pair(f"{ours}.linear_out.weight", f"{theirs}.down_proj", partial(_expert, number=number, part=None))


def gpt2(config: Any) -> Iterator[Pair]:
    """Pair the names of GPT-2, which writes its matrices the other way round, and those of q, k and v as one."""
    yield Pair("embedding.tokens.weight", "transformer.wte.weight")
    yield Pair("embedding.positions.table.weight", "transformer.wpe.weight")
    yield from _with_bias("norm", "transformer.ln_f")
    for layer in range(config.num_hidden_layers):
        ours, theirs = f"blocks.{layer}", f"transformer.h.{layer}"
        for norm, name in (("attention_norm", "ln_1"), ("ff_norm", "ln_2")):
            yield from _with_bias(f"{ours}.{norm}", f"{theirs}.{name}")
        for index, name in enumerate(("q_proj", "k_proj", "v_proj")):
            third = partial(_third_of_columns, index=index)
            yield from _with_bias(f"{ours}.attention.{name}", f"{theirs}.attn.c_attn", third)
        rest = {
            "attention.out_proj": "attn.c_proj",
            "feed_forward.linear_in": "mlp.c_fc",
            "feed_forward.linear_out": "mlp.c_proj",
        }
        for our_name, their_name in rest.items():
            yield from _with_bias(f"{ours}.{our_name}", f"{theirs}.{their_name}", Tensor.t)


def gpt_neox(config: Any) -> Iterator[Pair]:
    """Pair the names of GPT-NeoX, whose rows for q, k and v take turns, head by head."""
    yield Pair("embedding.tokens.weight", "gpt_neox.embed_in.weight")
    yield Pair("output.weight", "lm_head.weight")
    yield from _with_bias("norm", "gpt_neox.final_layer_norm")
    head_dim = config.hidden_size // config.num_attention_heads
    for layer in range(config.num_hidden_layers):
        ours, theirs = f"blocks.{layer}", f"gpt_neox.layers.{layer}"
        for index, name in enumerate(("q_proj", "k_proj", "v_proj")):
            rows = partial(_third_of_heads, index=index, head_dim=head_dim)
            yield from _with_bias(f"{ours}.attention.{name}", f"{theirs}.attention.query_key_value", rows)
        rest = {
            "attention_norm": "input_layernorm",
            "ff_norm": "post_attention_layernorm",
            "attention.out_proj": "attention.dense",
            "feed_forward.linear_in": "mlp.dense_h_to_4h",
            "feed_forward.linear_out": "mlp.dense_4h_to_h",
        }
        for our_name, their_name in rest.items():
            yield from _with_bias(f"{ours}.{our_name}", f"{theirs}.{their_name}")


def _with_bias(ours: str, theirs: str, part: Callable[[Tensor], Tensor] = Tensor.detach) -> Iterator[Pair]:
    for name in ("weight", "bias"):
        yield Pair(f"{ours}.{name}", f"{theirs}.{name}", part)


def _expert(weights: Tensor, *, number: int, part: int | None) -> Tensor:
    return weights[number] if part is None else weights[number].chunk(2)[part]


def _third_of_columns(weight: Tensor, *, index: int) -> Tensor:
    return weight.chunk(3, dim=-1)[index].t()


def _third_of_heads(weight: Tensor, *, index: int, head_dim: int) -> Tensor:
    return weight.view(-1, 3, head_dim, *weight.shape[1:])[:, index].flatten(0, 1)
