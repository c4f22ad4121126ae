"""A model in the files of CTranslate2: a C++ engine for Transformers, with its own kernels and 8-bit arithmetic."""

import math
from pathlib import Path
from typing import Any

import torch
from ctranslate2.specs import TransformerSpec
from torch import nn

from transformer.add_norm import AddNorm
from transformer.decoder import DecoderLayer
from transformer.encoder import EncoderLayer
from transformer.export.folder import SPECIAL_NAMES, named_ids
from transformer.model import Transformer
from transformer.multi_head import MultiHeadAttention
from transformer.spelling.speller import Speller


def write_ctranslate2(speller: Speller, folder: Path, quantization: str) -> None:
    """Write ``model.bin``, ``config.json`` and a vocabulary for each side.

    Args:
        speller: The trained model with its symbols.
        folder: Where the files go.
        quantization: How the weights of linear layers and embeddings are written: "float32", or "int8" with a scale for each row.

    Raises:
        OSError: The files could not be written.

    Source:
        The layout of weights is CTranslate2's own: ``ctranslate2.specs``.
    """
    spec = make_spec(speller.model)
    spec.register_source_vocabulary(named_ids(speller.letters))
    spec.register_target_vocabulary(named_ids(speller.phones))
    spec.config.unk_token = SPECIAL_NAMES[0]  # without a token for what is unknown the engine would look beyond the table
    spec.validate()
    spec.optimize(quantization)
    spec.save(str(folder))


def make_spec(model: Transformer) -> Any:
    """Put a model's weights where CTranslate2 expects them.

    Args:
        model: The model; its weights are shared, not copied, where they need no change.

    Returns:
        The ``ctranslate2.specs.TransformerSpec``, without vocabularies.
    """
    config = model.config
    spec = TransformerSpec.from_config(config.num_layers, config.num_heads, pre_norm=config.norm_first)
    spec.config.layer_norm_epsilon = config.layer_norm_eps
    spec.encoder.embeddings[0].weight = model.source_embedding.embedding.weight.detach()
    spec.decoder.embeddings.weight = model.target_embedding.embedding.weight.detach()
    for side, stack in ((spec.encoder, model.encoder), (spec.decoder, model.decoder)):
        side.position_encodings.encodings = model.positions.table  # else it would make a table of its own, sines before cosines
        if config.norm_first:
            _set_norm(side.layer_norm, stack.final_norm)
        for place, layer in zip(side.layer, stack.layers, strict=True):
            _set_layer(place, layer)
    _set_linear(spec.decoder.projection, model.output_proj)
    no_padding = torch.zeros(config.target_vocab_size)
    no_padding[config.pad_id] = -math.inf  # padding is no answer, whatever the caller of the engine asks for
    spec.decoder.projection.bias = no_padding
    return spec


def _set_layer(place: Any, layer: nn.Module) -> None:
    assert isinstance(layer, EncoderLayer | DecoderLayer)
    attention = layer.self_attention
    _set_attention(place.self_attention, attention, layer.self_attention_add_norm, fused=("q_proj", "k_proj", "v_proj"))
    if isinstance(layer, DecoderLayer):
        _set_linear(place.attention.linear[0], layer.cross_attention.q_proj)
        _set_attention(place.attention, layer.cross_attention, layer.cross_attention_add_norm, fused=("k_proj", "v_proj"))
    _set_norm(place.ffn.layer_norm, layer.feed_forward_add_norm.norm)
    _set_linear(place.ffn.linear_0, layer.feed_forward.linear_in)
    _set_linear(place.ffn.linear_1, layer.feed_forward.linear_out)


def _set_attention(place: Any, attention: MultiHeadAttention, add_norm: AddNorm, *, fused: tuple[str, ...]) -> None:
    # What reads the same vectors is one matrix in the engine, and the last but one; the output's is the last.
    _set_linear(place.linear[-2], *(getattr(attention, name) for name in fused))
    _set_linear(place.linear[-1], attention.out_proj)
    _set_norm(place.layer_norm, add_norm.norm)


def _set_linear(place: Any, *layers: nn.Linear) -> None:
    place.weight = torch.cat([layer.weight.detach() for layer in layers])
    biases = [layer.bias.detach() for layer in layers if layer.bias is not None]
    if biases:
        place.bias = torch.cat(biases)


def _set_norm(place: Any, norm: nn.Module) -> None:
    place.gamma, place.beta = norm.get_parameter("weight").detach(), norm.get_parameter("bias").detach()
