"""A model in two files of the format ONNX: one reads the source, the other makes a step of the target."""

import logging
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn

from transformer.decoder import DecoderLayer
from transformer.export.tensor_cache import TensorCache
from transformer.masks import padding_mask
from transformer.model import Transformer


def write_onnx(model: Transformer, folder: Path) -> None:
    """Write ``encoder.onnx`` and ``decoder.onnx``, for any number of words of any length that the model can read.

    Args:
        model: The trained model, in eval mode.
        folder: Where the files go.

    Raises:
        OSError: A file could not be written.
    """
    source = torch.full((2, 3), model.config.source_vocab_size - 1)  # any ids: what is traced holds for all
    tokens = torch.full((2,), model.config.target_vocab_size - 1)
    encoder, step = OnnxEncoder(model), OnnxStep(model)
    memory = encoder(source)
    past = memory[..., :2, :]
    words, stacked = {0: "words", 1: "letters"}, {2: "words", 4: "letters"}
    shapes = {"source": words, "memory": stacked, "past": {2: "words", 4: "phones"}, "tokens": {0: "words"}}
    _write(encoder, {"source": source}, {"source": words}, ["memory"], folder / "encoder.onnx")
    inputs = {"source": source, "memory": memory, "past": past, "tokens": tokens}
    _write(step, inputs, shapes, ["scores", "new_past"], folder / "decoder.onnx")


def _write(
    module: nn.Module, inputs: dict[str, Tensor], shapes: dict[str, dict[int, str]], outputs: list[str], path: Path
) -> None:
    names = list(inputs)
    with torch.no_grad(), _quiet():
        program = torch.onnx.export(
            module, kwargs=inputs, dynamic_shapes=shapes, input_names=names, output_names=outputs, dynamo=True, verbose=False
        )
    assert program is not None  # the older exporter returns nothing, dynamo's always does
    proto = program.model_proto
    for part in (proto.graph, *proto.graph.node, *proto.graph.value_info, *proto.graph.input, *proto.graph.output):
        del part.metadata_props[:]  # among it are the paths of this machine's files
    path.write_bytes(proto.SerializeToString(deterministic=True))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep to itself what torch's exporter tells of its own insides, such as libraries that it could use."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


class OnnxEncoder(nn.Module):
    """Read the source once, and project it to what every layer of the decoder attends to.

    Args:
        model: The trained model.
    """

    def __init__(self, model: Transformer) -> None:
        super().__init__()
        self.model = model

    def forward(self, source: Tensor) -> Tensor:
        """Make the keys and values of the cross-attentions.

        Args:
            source: Token ids of shape (words, letters).

        Returns:
            Keys and values of every layer, (layers, 2, words, heads, letters, d_k).
        """
        memory = self.model.encode(source)
        layers = [layer for layer in self.model.decoder.layers if isinstance(layer, DecoderLayer)]
        attentions = [layer.cross_attention for layer in layers]
        projected = [project(memory) for attention in attentions for project in (attention.k_proj, attention.v_proj)]
        stacked = torch.stack(projected).view(len(layers), 2, *source.shape, self.model.config.num_heads, -1)
        return stacked.transpose(3, 4)


class OnnxStep(nn.Module):
    """Score the next token, given the newest one and the keys and values of those before it.

    Args:
        model: The trained model.
    """

    def __init__(self, model: Transformer) -> None:
        super().__init__()
        self.model = model

    def forward(self, source: Tensor, memory: Tensor, past: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Make one step; what the model keeps in a cache goes in and out as a tensor.

        Args:
            source: Token ids of shape (words, letters), which say where the memory is padding.
            memory: What ``OnnxEncoder`` returned.
            past: What the last step returned, (layers, 2, words, heads, phones so far, d_k); for the first, one without phones.
            tokens: The newest token of each word, (words,).

        Returns:
            Scores (words, target_vocab_size), minus infinity for padding; and the past with the newest token in it.
        """
        model, length = self.model, past.shape[4]
        x = model.target_embedding(tokens.unsqueeze(1)) + model.positions.table[length : length + 1]  # (words, 1, d_model)
        cache = TensorCache(past, memory)
        unread = x.expand(-1, source.shape[1], -1)  # the keys and values of the memory are made already
        x = model.decoder(x, unread, None, padding_mask(source, model.config.pad_id), causal=False, cache=cache)
        padding = torch.arange(model.config.target_vocab_size) == model.config.pad_id
        return model.output_proj(x)[:, 0].masked_fill(padding, -math.inf), cache.stacked()
