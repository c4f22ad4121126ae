"""Refused settings and tensors of today's parts."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from tests.transformer.helpers import assert_refused, case
from tests.transformer.today.models import SIZES, made
from transformer import today
from transformer.today.families import gpt2

pytestmark = pytest.mark.bad_input

X, PLACE = torch.zeros(2, 5, 12), torch.arange(5)[None]
TOKENS = torch.ones(2, 5, dtype=torch.int64)
MODEL = made("llama").float()
FORWARD: dict[str, Callable[..., object]] = {
    "Attention": today.Attention(12, 6, 2, 4),
    "FeedForward": lambda x, _: today.FeedForward(12, 17, nn.functional.gelu)(x),
    "GatedFeedForward": lambda x, _: today.GatedFeedForward(12, 17, nn.functional.silu)(x),
    "MixtureOfExperts": lambda x, _: today.MixtureOfExperts(12, [nn.Identity()] * 3, 2)(x),
    "Block": today.Block(today.Attention(12, 6, 2, 4), today.GatedFeedForward(12, 17, nn.functional.silu)),
}
WRONG: list[tuple[str, Any, type[Exception], str]] = [
    ("numpy", np.zeros((2, 5, 12)), TypeError, "x must be a torch.Tensor of shape (batch, length, d_model), got ndarray"),
    ("two axes", X[0], ValueError, "x must have shape (batch, length, d_model), got (5, 12)"),
    ("width", X[..., :1], ValueError, "x must have last dimension d_model = 12, got shape (2, 5, 1)"),
    ("dtype", X.double(), TypeError, "x must have the module's dtype torch.float32, got torch.float64"),
    ("device", X.to("meta"), ValueError, "x is on device meta, but the module is on device cpu"),
]
TENSORS = [
    case(f"{name} {row}", error, message, call, x, PLACE)
    for name, call in FORWARD.items()
    for row, x, error, message in WRONG
    if name != "Block" or row in ("width", "dtype")  # the residual sum is not reached with a wrong x: attention speaks first
]
PLACES: list[tuple[str, Any, type[Exception], str]] = [
    ("list", [0, 1], TypeError, "positions must be a torch.Tensor of shape (batch, length), got list"),
    ("one axis", PLACE[0], ValueError, "positions must have shape (batch, length), got (5,)"),
    ("floats", PLACE.float(), TypeError, "positions must be of dtype torch.int64 or torch.int32, got torch.float32"),
    ("short", PLACE[:, :4], ValueError, "positions must have shape (2, 5) or (1, 5), got (1, 4)"),
    ("rows", PLACE.expand(3, -1), ValueError, "positions must have shape (2, 5) or (1, 5), got (3, 5)"),
    ("device", PLACE.to("meta"), ValueError, "positions is on device meta, but the input is on device cpu"),
]
POSITIONS = [
    *(case(f"Attention {row}", error, message, FORWARD["Attention"], X, at) for row, at, error, message in PLACES),
    *(case(f"model {row}", error, message, MODEL, TOKENS, positions=at) for row, at, error, message in PLACES),
]
IDS = [
    case("model list", TypeError, "tokens must be a torch.Tensor of shape (batch, length), got list", MODEL, [[1]]),
    case("model one axis", ValueError, "tokens must have shape (batch, length), got (5,)", MODEL, TOKENS[0]),
    case("model id", ValueError, "tokens has id 11 at position (0, 0), outside the vocabulary of 11", MODEL, TOKENS * 11),
    case(
        "model floats",
        TypeError,
        "tokens must hold token ids of dtype torch.int64 or torch.int32, got torch.float32",
        MODEL,
        TOKENS.float(),
    ),
    case(
        "learned positions end",
        ValueError,
        "positions must be below max_length = 4, got 4",
        gpt2(replace(SIZES, num_kv_heads=6), max_length=4),
        TOKENS,
    ),
    case(
        "a rule that gives numbers",
        TypeError,
        "mask must have dtype torch.bool, True where attending is allowed, got torch.int64",
        today.Attention(12, 6, 2, 4, visible=lambda query, key: query - key),
        X,
        PLACE,
    ),
    case(
        "a projection of another width",
        ValueError,
        "k_proj must give 2 heads of 4 numbers, got 24 numbers",
        today.Attention(12, 6, 2, 4, k_proj=nn.Linear(12, 24)),
        X,
        PLACE,
    ),
    case(
        "heads too narrow to turn",
        ValueError,
        "x must have a head_dim of at least 8, two for each frequency, got 6",
        today.Rotary(today.rotary_frequencies(8)),
        torch.zeros(2, 3, 5, 6),
        PLACE,
    ),
]
NOT_A_SIZE: list[tuple[Any, type[Exception], str]] = [
    (0, ValueError, "{} must be at least 1, got 0"),
    (2.0, TypeError, "{} must be an int, got float (2.0)"),
    (True, TypeError, "{} must be an int, got bool (True)"),
]


def sized(make: Callable[..., object], **sizes: Any) -> Callable[..., object]:
    return lambda **changed: make(**{**sizes, **changed})


ATTENTION = sized(today.Attention, d_model=12, num_heads=6, num_kv_heads=2, head_dim=4)
SIZED = {
    "Attention": (ATTENTION, ("d_model", "num_heads", "num_kv_heads", "head_dim")),
    "Sizes": (lambda **changed: replace(SIZES, **changed), SIZES.__dataclass_fields__),
    "FeedForward": (sized(today.FeedForward, d_model=6, d_ff=11, activation=nn.ReLU()), ("d_model", "d_ff")),
    "GatedFeedForward": (sized(today.GatedFeedForward, d_model=6, d_ff=11, activation=nn.ReLU()), ("d_model", "d_ff")),
    "MixtureOfExperts": (sized(today.MixtureOfExperts, d_model=6, experts=[nn.ReLU()], active=1), ("d_model", "active")),
    "Embedding": (sized(today.Embedding, vocab_size=11, d_model=6), ("vocab_size", "d_model")),
    "LearnedPositions": (sized(today.LearnedPositions, max_length=7, d_model=6), ("max_length", "d_model")),
    "rotary_frequencies": (today.rotary_frequencies, ("head_dim",)),
    "window": (today.window, ("size",)),
    "sink": (sized(today.sink, first=1, size=2), ("size",)),
}
SETTINGS = [
    case(f"{face} {name} {value!r}", error, message.format(name), make, **{name: value})
    for face, (make, names) in SIZED.items()
    for name in names
    for value, error, message in NOT_A_SIZE
]
SLOT = "{} must be a module or a function, got int (3)"
SLOTS = [
    case("positions", TypeError, SLOT.format("positions"), ATTENTION, positions=3),
    case("visible", TypeError, SLOT.format("visible"), ATTENTION, visible=3),
    case("activation", TypeError, SLOT.format("activation"), today.FeedForward, 6, 11, 3),
    case("embedding positions", TypeError, SLOT.format("positions"), today.Embedding, 11, 6, positions=3),
    case("pairs", TypeError, SLOT.format("pairs"), today.Rotary, (1.0,), 3),
    case("output", TypeError, SLOT.format("output"), today.LanguageModel, nn.ReLU(), [nn.ReLU()], nn.ReLU(), 3),
]
OTHERS = [
    case("groups", ValueError, "num_heads (6) must be divisible by num_kv_heads (4)", ATTENTION, num_kv_heads=4),
    case("scale", ValueError, "scale must be a finite number above 0, got 0", ATTENTION, scale=0),
    case("dropout", ValueError, "dropout must be in [0, 1), got 1.0", ATTENTION, dropout=1.0),
    case("bias", TypeError, "bias must be True or False, got int (1)", ATTENTION, bias=1),
    case("block dropout", ValueError, "dropout must be in [0, 1), got 1.5", today.Block, nn.ReLU(), nn.ReLU(), dropout=1.5),
    case("odd", ValueError, "head_dim must be even, since numbers turn in pairs, got 5", today.rotary_frequencies, 5),
    case("base", ValueError, "base must be a finite number above 0, got -1", today.rotary_frequencies, 4, -1),
    case("factor", ValueError, "factor must be a finite number above 0, got 0", today.interpolated, (1.0,), 0),
    case("ntk", ValueError, "head_dim must be even and at least 4, got 2", today.ntk_base, 100.0, 2.0, 2),
    case(
        "llama3",
        ValueError,
        "low must be below high, got 4 and 1",
        today.llama3_frequencies,
        (1.0,),
        factor=8,
        low=4,
        high=1,
        original_length=32,
    ),
    case("no frequency", ValueError, "frequencies must be finite floats, at least one, got ()", today.Rotary, ()),
    case("an int", ValueError, "frequencies must be finite floats, at least one, got (1,)", today.Rotary, (1,)),
    case(
        "active", ValueError, "active must be at most the number of experts, 1, got 2", today.MixtureOfExperts, 6, [nn.ReLU()], 2
    ),
    case(
        "no block",
        ValueError,
        "blocks must have at least one block, got none",
        today.LanguageModel,
        nn.ReLU(),
        [],
        nn.ReLU(),
        nn.ReLU(),
    ),
    case("cap", ValueError, "cap must be a finite number above 0, got 0.0", today.SoftCap, 0.0),
    case("first", ValueError, "first must be at least 0, got -1", today.sink, -1, 3),
    case("embedding scale", ValueError, "scale must be a finite number above 0, got 0", today.Embedding, 11, 6, scale=0),
    case(
        "documents",
        TypeError,
        "documents must hold token ids of dtype torch.int64 or torch.int32, got torch.float32",
        today.same_document,
        torch.zeros(2, 5),
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), [*TENSORS, *POSITIONS, *IDS, *SETTINGS, *SLOTS, *OTHERS])
def test_refused(call: Callable[[], object], error: type[Exception], message: str) -> None:
    assert_refused(call, error, message)
