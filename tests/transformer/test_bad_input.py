"""Refused settings: sizes, probabilities and choices, wherever they are given."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from tests.transformer.helpers import assert_refused, case
from transformer import (
    Decoder,
    DecoderLayer,
    Encoder,
    EncoderLayer,
    FeedForward,
    MultiHeadAttention,
    SinusoidalPositionalEncoding,
    TokenEmbedding,
    Transformer,
    TransformerConfig,
    causal_mask,
)
from transformer.add_norm import AddNorm
from transformer.positions import sinusoidal_table

pytestmark = pytest.mark.bad_input

SIZES: dict[str, Any] = {"d_model": 12, "num_heads": 3, "num_layers": 2, "d_ff": 17}


def config(**settings: Any) -> TransformerConfig:
    return TransformerConfig(**{"source_vocab_size": 11, "target_vocab_size": 13, **SIZES, **settings})


def add_norm(**settings: Any) -> AddNorm:
    return AddNorm(**{"d_model": 6, "dropout": 0.0, "norm_first": True, "layer_norm_eps": 1e-5, **settings})


def sized(build: Callable[..., object], *names: str) -> Callable[..., object]:
    """Fill in the sizes that a call leaves out."""
    return lambda **settings: build(**{**{name: SIZES[name] for name in names}, **settings})


FACES: dict[str, Callable[..., object]] = {
    "MultiHeadAttention": sized(MultiHeadAttention, "d_model", "num_heads"),
    "EncoderLayer": sized(EncoderLayer, "d_model", "num_heads", "d_ff"),
    "DecoderLayer": sized(DecoderLayer, "d_model", "num_heads", "d_ff"),
    "Encoder": sized(Encoder, *SIZES),
    "Decoder": sized(Decoder, *SIZES),
    "FeedForward": sized(FeedForward, "d_model", "d_ff"),
    "AddNorm": add_norm,
    "SinusoidalPositionalEncoding": lambda **x: SinusoidalPositionalEncoding(**{"d_model": 6, "max_length": 5, **x}),
    "sinusoidal_table": lambda **x: sinusoidal_table(**{"d_model": 6, "length": 5, **x}),
    "TokenEmbedding": lambda **x: TokenEmbedding(**{"d_model": 6, "vocab_size": 11, **x}),
    "causal_mask": causal_mask,
    "config": config,
}
ATTENTION = ("MultiHeadAttention", "EncoderLayer", "DecoderLayer", "Encoder", "Decoder", "config")
LAYERS = ("EncoderLayer", "DecoderLayer", "Encoder", "Decoder")
STACKS = ("Encoder", "Decoder", "config")
SIZE_OF = {
    "d_model": (*ATTENTION, "FeedForward", "AddNorm", "SinusoidalPositionalEncoding", "sinusoidal_table", "TokenEmbedding"),
    "num_heads": ATTENTION,
    "d_ff": (*LAYERS, "FeedForward", "config"),
    "num_layers": STACKS,
    "max_length": ("SinusoidalPositionalEncoding", "config"),
    "length": ("sinusoidal_table", "causal_mask"),
    "vocab_size": ("TokenEmbedding",),
    "source_vocab_size": ("config",),
    "target_vocab_size": ("config",),
}
NOT_A_SIZE: list[tuple[Any, type[Exception], str]] = [
    (0, ValueError, "{} must be at least 1, got 0"),
    (-2, ValueError, "{} must be at least 1, got -2"),
    (2.5, TypeError, "{} must be an int, got float (2.5)"),
    (2.0, TypeError, "{} must be an int, got float (2.0)"),
    (True, TypeError, "{} must be an int, got bool (True)"),
    ("3", TypeError, "{} must be an int, got str ('3')"),
    (None, TypeError, "{} must be an int, got NoneType (None)"),
]
NOT_A_PROBABILITY: list[tuple[Any, type[Exception], str]] = [
    (-0.1, ValueError, "{} must be in [0, 1), got -0.1"),
    (math.nan, ValueError, "{} must be in [0, 1), got nan"),
    (1.0, ValueError, "{} must be in [0, 1), got 1.0"),
    (math.inf, ValueError, "{} must be in [0, 1), got inf"),
    (False, TypeError, "{} must be a number, got bool (False)"),
    ("0.1", TypeError, "{} must be a number, got str ('0.1')"),
    (None, TypeError, "{} must be a number, got NoneType (None)"),
]
NOT_AN_EPS: list[tuple[Any, type[Exception], str]] = [
    (-1, ValueError, "{} must be a finite number above 0, got -1"),
    (0.0, ValueError, "{} must be a finite number above 0, got 0.0"),
    (math.nan, ValueError, "{} must be a finite number above 0, got nan"),
    (math.inf, ValueError, "{} must be a finite number above 0, got inf"),
    (True, TypeError, "{} must be a number, got bool (True)"),
    (None, TypeError, "{} must be a number, got NoneType (None)"),
]
NOT_A_BOOL: list[tuple[Any, type[Exception], str]] = [
    (1, TypeError, "{} must be True or False, got int (1)"),
    (None, TypeError, "{} must be True or False, got NoneType (None)"),
]


def cases(faces: tuple[str, ...], setting: str, refused: list[tuple[Any, type[Exception], str]]) -> list[Any]:
    return [
        case(f"{face} {setting} {value!r}", error, message.format(setting), FACES[face], **{setting: value})
        for face in faces
        for value, error, message in refused
    ]


CASES = [
    *(one for setting, faces in SIZE_OF.items() for one in cases(faces, setting, NOT_A_SIZE)),
    *cases((*ATTENTION, "AddNorm"), "dropout", NOT_A_PROBABILITY),
    *cases((*LAYERS, "AddNorm", "config"), "layer_norm_eps", NOT_AN_EPS),
    *cases((*ATTENTION, "FeedForward"), "bias", NOT_A_BOOL),
    *cases((*LAYERS, "AddNorm", "config"), "norm_first", NOT_A_BOOL),
    *cases(("config",), "tie_embeddings", NOT_A_BOOL),
    *(
        case(
            f"{face} d_model % heads",
            ValueError,
            "d_model (10) must be divisible by num_heads (3): 10 = 3 * 3 + 1",
            FACES[face],
            d_model=10,
        )
        for face in ATTENTION
    ),
    case("config pad_id -1", ValueError, "pad_id must be in [0, 11), got -1", config, pad_id=-1),
    case("config pad_id in one vocabulary only", ValueError, "pad_id must be in [0, 11), got 11", config, pad_id=11),
    case("config pad_id None", TypeError, "pad_id must be an int, got NoneType (None)", config, pad_id=None),
    case("config pad_id False", TypeError, "pad_id must be an int, got bool (False)", config, pad_id=False),
    case(
        "config tie_embeddings with two vocabularies",
        ValueError,
        "tie_embeddings needs one vocabulary, got source_vocab_size 11 and target_vocab_size 13",
        config,
        tie_embeddings=True,
    ),
    case("Transformer of a dict", TypeError, "config must be a TransformerConfig, got dict", Transformer, SIZES),
    case("Transformer of None", TypeError, "config must be a TransformerConfig, got NoneType", Transformer, None),
]


@pytest.mark.parametrize(("call", "error", "message"), CASES)
def test_setting_is_refused(call: Callable[[], object], error: type[Exception], message: str) -> None:
    assert_refused(call, error, message)
