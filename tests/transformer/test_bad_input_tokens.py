"""Refused token ids and scores: the embedding, the model, decoding and the loss."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from tests.transformer.helpers import assert_refused, case
from transformer import TokenEmbedding, Transformer, TransformerConfig, beam_search, greedy_decode, sequence_loss
from transformer.decoding.incremental import IncrementalDecoder

pytestmark = pytest.mark.bad_input

PAD = 0
IDS = {"start_id": 1, "end_id": 2, "max_length": 5}
MODEL = Transformer(TransformerConfig(11, 13, d_model=6, num_heads=3, num_layers=1, d_ff=7, max_length=8))
SHORT = Transformer(TransformerConfig(11, 13, d_model=6, num_heads=3, num_layers=1, d_ff=7, max_length=1))
SOURCE, TARGET = torch.full((2, 7), 3), torch.full((2, 5), 3)
MEMORY, LOGITS = torch.zeros(2, 7, 6), torch.zeros(2, 5, 13)


def with_id(value: int) -> torch.Tensor:
    ids = torch.full((2, 7), 3)
    ids[1, 4] = value
    return ids


# name of the argument, size of the vocabulary, call
FACES: dict[str, tuple[str, int, Callable[[Any], object]]] = {
    "embedding": ("tokens", 11, TokenEmbedding(11, 6)),
    "model source": ("source", 11, lambda ids: MODEL(ids, TARGET)),
    "model target": ("target", 13, lambda ids: MODEL(SOURCE, ids)),
    "encode": ("source", 11, MODEL.encode),
    "decode": ("target", 13, lambda ids: MODEL.decode(ids, MEMORY, SOURCE)),
    "decode source": ("source", 11, lambda ids: MODEL.decode(TARGET, MEMORY, ids)),
    "greedy_decode": ("source", 11, lambda ids: greedy_decode(MODEL, ids, **IDS)),
    "beam_search": ("source", 11, lambda ids: beam_search(MODEL, ids, **IDS, beam_size=3)),
    "incremental decoder": ("source", 11, lambda ids: IncrementalDecoder(MODEL, ids, beams=3, max_length=5)),
    "loss": ("target", 13, lambda ids: sequence_loss(torch.zeros(2, 7, 13), ids, pad_id=PAD)),
}


def cases(face: str) -> list[Any]:
    name, vocab, call = FACES[face]
    outside = "{} has id {} at position (1, 4), outside the vocabulary of {}"
    dtype = f"{name} must hold token ids of dtype torch.int64 or torch.int32, got "
    tensor = f"{name} must be a torch.Tensor of shape (batch, length), got "
    place = "logits are" if face == "loss" else "module is"
    return [
        case(f"{face} id too large", ValueError, outside.format(name, vocab, vocab), call, with_id(vocab)),
        case(f"{face} id below zero", ValueError, outside.format(name, -1, vocab), call, with_id(-1)),
        *(
            case(f"{face} {wrong}", TypeError, f"{dtype}{wrong}", call, SOURCE.to(wrong))
            for wrong in (torch.float32, torch.bool, torch.uint8, torch.complex64)
        ),
        case(f"{face} numpy", TypeError, f"{tensor}ndarray", call, np.ones((2, 7), int)),
        case(f"{face} None", TypeError, f"{tensor}NoneType", call, None),
        case(f"{face} 1-D", ValueError, f"{name} must have shape (batch, length), got (7,)", call, SOURCE[0]),
        case(f"{face} 3-D", ValueError, f"{name} must have shape (batch, length), got (1, 2, 7)", call, SOURCE[None]),
        case(
            f"{face} other device",
            ValueError,
            f"{name} is on device meta, but the {place} on device cpu",
            call,
            SOURCE.to("meta"),
        ),
    ]


LENGTH = "{} must have between 1 and max_length = {} tokens, got {}"
WHOLE = [
    case("source over-long", ValueError, LENGTH.format("source", 8, 9), MODEL, torch.ones(2, 9).long(), TARGET),
    case("target over-long", ValueError, LENGTH.format("target", 8, 9), MODEL, SOURCE, torch.ones(2, 9).long()),
    case("max_length 1", ValueError, LENGTH.format("source", 1, 7), SHORT, SOURCE, TARGET),
    case("S 0", ValueError, LENGTH.format("source", 8, 0), MODEL, SOURCE[:, :0], TARGET),
    case("L 0", ValueError, LENGTH.format("target", 8, 0), MODEL, SOURCE, TARGET[:, :0]),
    *(
        case(
            f"batch {n} vs 2",
            ValueError,
            f"target and source must have the same batch size, got 2 and {n}",
            MODEL,
            torch.full((n, 7), 3),
            TARGET,
        )
        for n in (1, 3)
    ),
    *(
        case(
            f"memory {tuple(memory.shape)}",
            ValueError,
            f"memory must have the source's shape (2, 7), got {tuple(memory.shape[:2])}",
            MODEL.decode,
            TARGET,
            memory,
            SOURCE,
        )
        for memory in (MEMORY[:1], MEMORY[:, :5])
    ),
    case(
        "memory width",
        ValueError,
        "memory must have last dimension d_model = 6, got shape (2, 7, 1)",
        MODEL.decode,
        TARGET,
        MEMORY[..., :1],
        SOURCE,
    ),
    case(
        "memory dtype",
        TypeError,
        "memory must have the module's dtype torch.float32, got torch.float64",
        MODEL.decode,
        TARGET,
        MEMORY.double(),
        SOURCE,
    ),
]

ALL_PADDING = "target holds nothing but padding (pad_id = 3): there is no token to average over"


def loss(row: str, error: type[Exception], message: str, logits: Any = LOGITS, target: Any = TARGET, **settings: Any) -> Any:
    return case(f"loss {row}", error, message, sequence_loss, logits, target, **{"pad_id": PAD, **settings})


LOSS = [
    loss("all targets padding", ValueError, ALL_PADDING, pad_id=3),
    loss("no target at all", ValueError, ALL_PADDING.replace("3", "0"), LOGITS[:, :0], TARGET[:, :0]),
    loss("int", TypeError, "logits must have a floating-point dtype, got torch.int64", LOGITS.long()),
    loss("complex", TypeError, "logits must have a floating-point dtype, got torch.complex64", LOGITS.to(torch.complex64)),
    loss("numpy", TypeError, "logits must be a torch.Tensor of shape (batch, target, vocab), got ndarray", np.zeros(3)),
    loss("2-D logits", ValueError, "logits must have shape (batch, target, vocab), got (5, 13)", LOGITS[0]),
    loss("lengths", ValueError, "target must have the logits' shape (2, 5), got (2, 1)", target=TARGET[:, :1]),
    loss("batch 1", ValueError, "target must have the logits' shape (2, 5), got (1, 5)", target=TARGET[:1]),
    loss("pad_id 13", ValueError, "pad_id must be in [0, 13), got 13", pad_id=13),
    loss("pad_id None", TypeError, "pad_id must be an int, got NoneType (None)", pad_id=None),
    loss("smoothing -0.1", ValueError, "label_smoothing must be in [0, 1), got -0.1", label_smoothing=-0.1),
    loss("smoothing 1.0", ValueError, "label_smoothing must be in [0, 1), got 1.0", label_smoothing=1.0),
    loss("smoothing nan", ValueError, "label_smoothing must be in [0, 1), got nan", label_smoothing=float("nan")),
]


@pytest.mark.parametrize(("call", "error", "message"), [one for face in FACES for one in cases(face)])
def test_ids_are_refused(call: Callable[[], object], error: type[Exception], message: str) -> None:
    assert_refused(call, error, message)


@pytest.mark.parametrize(("call", "error", "message"), [*WHOLE, *LOSS])
def test_sequence_is_refused(call: Callable[[], object], error: type[Exception], message: str) -> None:
    assert_refused(call, error, message)
