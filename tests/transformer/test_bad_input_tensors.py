"""Refused tensors and masks: attention, the layers, and what stands around them."""

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
    FeedForward,
    MultiHeadAttention,
    SinusoidalPositionalEncoding,
    scaled_dot_product_attention,
)
from transformer.add_norm import AddNorm

pytestmark = pytest.mark.bad_input

Q, K, V = torch.zeros(2, 3, 5, 4), torch.zeros(2, 3, 7, 4), torch.zeros(2, 3, 7, 11)
X, MEMORY = torch.zeros(2, 5, 6), torch.zeros(2, 7, 6)
ATTENTION, POSITIONS = MultiHeadAttention(6, 3), SinusoidalPositionalEncoding(6, 5)
ENCODER_LAYER, DECODER_LAYER = EncoderLayer(6, 3, 11), DecoderLayer(6, 3, 11)
ADD_NORM = AddNorm(6, dropout=0.0, norm_first=True, layer_norm_eps=1e-5)
attend = scaled_dot_product_attention


def bools(*shape: int) -> Tensor:
    return torch.ones(*shape, dtype=torch.bool)


def core(row: str, error: type[Exception], message: str, *args: Any, **settings: Any) -> Any:
    return case(f"sdpa {row}", error, message, attend, *args, **settings)


DTYPES = "query, key and value must share one floating-point dtype, got {}, {} and {}"
CORE = [
    core("dtype mix", TypeError, DTYPES.format(*["torch.float32"] * 2, "torch.float64"), Q, K, V.double()),
    core("int", TypeError, DTYPES.format(*["torch.int64"] * 3), Q.long(), K.long(), V.long()),
    core("complex", TypeError, DTYPES.format(*["torch.complex64"] * 3), *(x.to(torch.complex64) for x in (Q, K, V))),
    core(
        "other device",
        ValueError,
        "query, key and value must be on one device, got cpu, meta and cpu",
        Q,
        K.to("meta"),
        V,
    ),
    core("numpy", TypeError, "query must be a torch.Tensor of shape (batch, heads, query, d_k), got ndarray", np.zeros(3), K, V),
    core("None", TypeError, "value must be a torch.Tensor of shape (batch, heads, key, d_v), got NoneType", Q, K, None),
    core("three axes", ValueError, "key must have shape (batch, heads, key, d_k), got (3, 7, 4)", Q, K[0], V),
    *(
        core(
            row,
            ValueError,
            f"query, key and value must have the same batch size and number of heads, got {q}, {k} and {v}",
            torch.zeros(*q, 5, 4),
            torch.zeros(*k, 7, 4),
            torch.zeros(*v, 7, 11),
        )
        for row, q, k, v in (
            ("batch 2 vs 3", (2, 3), (3, 3), (3, 3)),
            ("batch 2 vs 1", (2, 3), (1, 3), (1, 3)),
            ("heads 3 vs 1", (2, 3), (2, 1), (2, 1)),
            ("value batch", (2, 3), (2, 3), (1, 3)),
        )
    ),
    core("d_k", ValueError, "query and key must have the same d_k, got 4 and 1", Q, K[..., :1], V),
    core("d_k 0", ValueError, "query and key must have a d_k of at least 1, got 0", Q[..., :0], K[..., :0], V),
    core("key and value length", ValueError, "key and value must have the same length, got 7 and 1", Q, K, V[:, :, :1]),
    core(
        "S 0",
        ValueError,
        "key must have at least one position, got length 0: there is nothing to attend to",
        Q,
        K[:, :, :0],
        V[:, :, :0],
    ),
    core("dropout -0.1", ValueError, "dropout must be in [0, 1), got -0.1", Q, K, V, dropout=-0.1),
    core("dropout nan", ValueError, "dropout must be in [0, 1), got nan", Q, K, V, dropout=float("nan")),
    core("dropout 1.0", ValueError, "dropout must be in [0, 1), got 1.0", Q, K, V, dropout=1.0),
    core("dropout None", TypeError, "dropout must be a number, got NoneType (None)", Q, K, V, dropout=None),
]

Face = Callable[[Any], object]
FEATURES: dict[str, tuple[str, Face]] = {
    "attention query": ("query", lambda x: ATTENTION(x, X, X)),
    "attention key": ("key", lambda x: ATTENTION(X, x, X)),
    "attention value": ("value", lambda x: ATTENTION(X, X, x)),
    "feed-forward": ("x", FeedForward(6, 11)),
    "encoder layer": ("x", ENCODER_LAYER),
    "encoder": ("x", Encoder(2, 6, 3, 11)),
    "decoder layer": ("x", lambda x: DECODER_LAYER(x, MEMORY)),
    "decoder layer memory": ("memory", lambda x: DECODER_LAYER(X, x)),
    "decoder": ("x", lambda x: Decoder(2, 6, 3, 11)(x, MEMORY)),
    "decoder memory": ("memory", lambda x: Decoder(2, 6, 3, 11)(X, x)),
}
WRONG_FEATURES: list[tuple[str, Any, type[Exception], str]] = [
    ("numpy", np.zeros((2, 5, 6)), TypeError, "{} must be a torch.Tensor of shape (batch, length, d_model), got ndarray"),
    ("None", None, TypeError, "{} must be a torch.Tensor of shape (batch, length, d_model), got NoneType"),
    ("two axes", X[0], ValueError, "{} must have shape (batch, length, d_model), got (5, 6)"),
    ("four axes", X[None], ValueError, "{} must have shape (batch, length, d_model), got (1, 2, 5, 6)"),
    ("width", X[..., :1], ValueError, "{} must have last dimension d_model = 6, got shape (2, 5, 1)"),
    ("dtype mix", X.double(), TypeError, "{} must have the module's dtype torch.float32, got torch.float64"),
    ("int", X.long(), TypeError, "{} must have the module's dtype torch.float32, got torch.int64"),
    ("complex", X.to(torch.complex64), TypeError, "{} must have the module's dtype torch.float32, got torch.complex64"),
    ("other device", X.to("meta"), ValueError, "{} is on device meta, but the module is on device cpu"),
]
MODULES = [
    case(f"{face} {row}", error, message.format(name), call, x)
    for face, (name, call) in FEATURES.items()
    for row, x, error, message in WRONG_FEATURES
]

BATCHES = [
    case(row, ValueError, f"{names} must have the same batch size, got {sizes}", call, *args)
    for row, names, sizes, call, args in (
        ("query 2 key 3", "query and key", "2 and 3", ATTENTION, (X, torch.zeros(3, 7, 6), torch.zeros(3, 7, 6))),
        ("query 2 key 1", "query and key", "2 and 1", ATTENTION, (X, MEMORY[:1], MEMORY[:1])),
        ("key 2 value 1", "key and value", "2 and 1", ATTENTION, (X, MEMORY, MEMORY[:1])),
        ("x 2 memory 1", "x and memory", "2 and 1", DECODER_LAYER, (X, MEMORY[:1])),
    )
]
EMPTY = "key must have at least one position, got length 0: there is nothing to attend to"
OTHERS = [
    case("attention S 0", ValueError, EMPTY, ATTENTION, X, X[:, :0], X[:, :0]),
    case("encoder S 0", ValueError, EMPTY, ENCODER_LAYER, X[:, :0]),
    case("decoder memory S 0", ValueError, EMPTY, DECODER_LAYER, X, X[:, :0]),
    case("attention lengths", ValueError, "key and value must have the same length, got 7 and 5", ATTENTION, X, MEMORY, X),
    case("causal 1", TypeError, "causal must be True or False, got int (1)", DECODER_LAYER, X, MEMORY, causal=1),
    case(
        "sublayer that broadcasts",
        ValueError,
        "sublayer must return the shape it was given, (2, 5, 6), got (2, 1, 6)",
        ADD_NORM,
        X,
        lambda x: x[:, :1],
    ),
    case("positions over-long", ValueError, "x has length 7, longer than max_length = 5", POSITIONS, MEMORY),
    case(
        "positions max_length 1",
        ValueError,
        "x has length 5, longer than max_length = 1",
        SinusoidalPositionalEncoding(6, 1),
        X,
    ),
    case("positions int", TypeError, "x must have a floating-point dtype, got torch.int64", POSITIONS, X.long()),
    case(
        "positions complex",
        TypeError,
        "x must have a floating-point dtype, got torch.complex64",
        POSITIONS,
        X.to(torch.complex64),
    ),
    case("positions width", ValueError, "x must have last dimension d_model = 6, got shape (2, 5, 1)", POSITIONS, X[..., :1]),
    case("positions other device", ValueError, "x is on device meta, but the module is on device cpu", POSITIONS, X.to("meta")),
    case(
        "positions numpy",
        TypeError,
        "x must be a torch.Tensor of shape (batch, length, d_model), got ndarray",
        POSITIONS,
        np.zeros((2, 5, 6)),
    ),
    case("positions two axes", ValueError, "x must have shape (batch, length, d_model), got (5, 6)", POSITIONS, X[0]),
]


@pytest.mark.parametrize(("call", "error", "message"), [*CORE, *MODULES, *BATCHES, *OTHERS])
def test_tensor_is_refused(call: Callable[[], object], error: type[Exception], message: str) -> None:
    assert_refused(call, error, message)


def test_length_first_is_refused_where_the_mask_or_the_other_input_shows_it() -> None:
    length_first = torch.zeros(5, 2, 6)
    # Without a second shape to compare with, (length, batch, d_model) looks just like (batch, length, d_model).
    assert ATTENTION(length_first, length_first, length_first)[0].shape == (5, 2, 6)
    assert_refused(
        lambda: ATTENTION(length_first, length_first, length_first, bools(2, 1, 1, 5)),
        ValueError,
        "mask must broadcast to (batch, heads, query, key) = (5, 3, 2, 2) and have key length 2, got (2, 1, 1, 5)",
    )
    assert_refused(
        lambda: DECODER_LAYER(length_first, MEMORY), ValueError, "x and memory must have the same batch size, got 5 and 2"
    )
