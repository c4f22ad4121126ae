"""Refused masks, at every place that takes one."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.transformer.helpers import assert_refused, case
from transformer import (
    Decoder,
    DecoderLayer,
    Encoder,
    EncoderLayer,
    MultiHeadAttention,
    padding_mask,
    scaled_dot_product_attention,
)

pytestmark = pytest.mark.bad_input

BATCH, HEADS, QUERY, KEY = 2, 3, 5, 7
X, MEMORY = torch.zeros(BATCH, QUERY, 6), torch.zeros(BATCH, KEY, 6)
ATTENTION, ENCODER, DECODER = MultiHeadAttention(6, HEADS), Encoder(2, 6, HEADS, 11), Decoder(2, 6, HEADS, 11)
ENCODER_LAYER, DECODER_LAYER = EncoderLayer(6, HEADS, 11), DecoderLayer(6, HEADS, 11)
SENSE = "True where attending is allowed"
HELP = "make it with padding_mask(tokens, pad_id) or causal_mask(length)"

Face = Callable[[Any], object]
# name of the argument, number of keys, call
FACES: dict[str, tuple[str, int, Face]] = {
    "sdpa": (
        "mask",
        KEY,
        lambda mask: scaled_dot_product_attention(
            torch.zeros(BATCH, HEADS, QUERY, 4), torch.zeros(BATCH, HEADS, KEY, 4), torch.zeros(BATCH, HEADS, KEY, 11), mask
        ),
    ),
    "attention": ("mask", KEY, lambda mask: ATTENTION(X, MEMORY, MEMORY, mask)),
    "encoder layer": ("mask", QUERY, lambda mask: ENCODER_LAYER(X, mask)),
    "encoder": ("mask", QUERY, lambda mask: ENCODER(X, mask)),
    "decoder layer": ("mask", QUERY, lambda mask: DECODER_LAYER(X, MEMORY, mask)),
    "decoder layer memory": ("memory_mask", KEY, lambda mask: DECODER_LAYER(X, MEMORY, None, mask)),
    "decoder": ("mask", QUERY, lambda mask: DECODER(X, MEMORY, mask)),
    "decoder memory": ("memory_mask", KEY, lambda mask: DECODER(X, MEMORY, None, mask)),
}


def bools(*shape: int) -> Tensor:
    return torch.ones(*shape, dtype=torch.bool)


def cases(face: str) -> list[Any]:
    name, key, call = FACES[face]
    good = bools(BATCH, 1, QUERY, key)
    elsewhere = f"{name} is on device meta, but the input is on device cpu"
    target = (BATCH, HEADS, QUERY, key)
    return [
        case(f"{face} other device", ValueError, elsewhere, call, good.to("meta")),
        case(f"{face} numpy", TypeError, f"{name} must be a bool tensor, {SENSE}, got ndarray", call, np.ones(target, bool)),
        case(f"{face} list", TypeError, f"{name} must be a bool tensor, {SENSE}, got list", call, [True]),
        *(
            case(f"{face} {dtype}", TypeError, f"{name} must have dtype torch.bool, {SENSE}, got {dtype}", call, good.to(dtype))
            for dtype in (torch.int64, torch.uint8, torch.float32)
        ),
        *(
            case(
                f"{face} {len(shape)}-D {shape}",
                ValueError,
                f"{name} must have shape (batch, heads, query, key), got {shape}: {HELP}",
                call,
                bools(*shape),
            )
            for shape in ((QUERY, key), (BATCH, key), (BATCH, QUERY, key), (HEADS, QUERY, key), (1, *target), (key,))
        ),
        *(
            case(
                f"{face} shape {shape}",
                ValueError,
                f"{name} must broadcast to (batch, heads, query, key) = {target} and have key length {key}, got {shape}",
                call,
                bools(*shape),
            )
            for shape in (
                (BATCH, 1, QUERY, 1),
                (1, 1, 1, key + 1),
                (BATCH + 1, 1, 1, key),
                (BATCH, HEADS - 1, 1, key),
                (BATCH, 1, QUERY - 1, key),
            )
        ),
    ]


@pytest.mark.parametrize(("call", "error", "message"), [one for face in FACES for one in cases(face)])
def test_mask_is_refused(call: Callable[[], object], error: type[Exception], message: str) -> None:
    assert_refused(call, error, message)


@pytest.mark.parametrize("shape", [(5, 5), (5, 1, 5)], ids=str)
def test_a_mask_of_two_or_three_axes_is_refused_when_batch_equals_length(shape: tuple[int, ...]) -> None:
    message = f"mask must have shape (batch, heads, query, key), got {shape}: {HELP}"
    x = torch.zeros(5, 5, 6)
    assert_refused(lambda: ENCODER(x, bools(*shape)), ValueError, message)
    assert_refused(lambda: ATTENTION(x, x, x, bools(*shape)), ValueError, message)


IDS = "tokens must hold token ids of dtype torch.int64 or torch.int32, got {}"
TOKENS = torch.ones(2, 5, dtype=torch.int64)
PADDING = [
    *(
        case(f"padding_mask {dtype}", TypeError, IDS.format(dtype), padding_mask, TOKENS.to(dtype), 0)
        for dtype in (torch.float32, torch.bool, torch.uint8)
    ),
    case(
        "padding_mask list", TypeError, "tokens must be a torch.Tensor of shape (batch, length), got list", padding_mask, [1], 0
    ),
    case("padding_mask 1-D", ValueError, "tokens must have shape (batch, length), got (5,)", padding_mask, TOKENS[0], 0),
    case("padding_mask pad_id 0.0", TypeError, "pad_id must be an int, got float (0.0)", padding_mask, TOKENS, 0.0),
    case("padding_mask pad_id None", TypeError, "pad_id must be an int, got NoneType (None)", padding_mask, TOKENS, None),
    case("padding_mask pad_id False", TypeError, "pad_id must be an int, got bool (False)", padding_mask, TOKENS, False),
]


@pytest.mark.parametrize(("call", "error", "message"), PADDING)
def test_padding_is_refused(call: Callable[[], object], error: type[Exception], message: str) -> None:
    assert_refused(call, error, message)
