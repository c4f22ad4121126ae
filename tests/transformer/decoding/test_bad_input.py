"""Refused settings of decoding: greedy, with a beam, and step by step."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from tests.transformer.helpers import assert_refused, case
from transformer import Transformer, TransformerConfig, beam_search, greedy_decode
from transformer.decoding.incremental import IncrementalDecoder

pytestmark = pytest.mark.bad_input

PAD, START, END = 0, 1, 2
MODEL = Transformer(TransformerConfig(11, 13, d_model=6, num_heads=3, num_layers=1, d_ff=7, max_length=8))
SOURCE = torch.full((2, 7), 3)
ROWS = torch.full((6,), 3)
OVER_LONG = "max_length must be at most the model's max_length = 8, got 9"
NO_SOURCE = "source must have between 1 and max_length = 8 tokens, got 0"
FINITE = "length_penalty must be a finite number of at least 0, got "
FLOAT = "tokens must hold token ids of dtype torch.int64 or torch.int32, got torch.float32"


def decode(source: Any = SOURCE, *, model: Any = MODEL, **settings: Any) -> object:
    return greedy_decode(model, source, **{"start_id": START, "end_id": END, "max_length": 5, **settings})


def search(source: Any = SOURCE, *, model: Any = MODEL, **settings: Any) -> object:
    return beam_search(model, source, **{"start_id": START, "end_id": END, "max_length": 5, "beam_size": 3, **settings})


def decoder(source: Any = SOURCE, *, model: Any = MODEL, **settings: Any) -> IncrementalDecoder:
    return IncrementalDecoder(model, source, **{"beams": 3, "max_length": 2, **settings})


def step(*tokens: Any) -> None:
    incremental = decoder()
    for column in tokens:
        incremental.step(column)


def keep(items: Any) -> None:
    decoder().keep_items(items)


def keep_rows(rows: Any) -> None:
    decoder().keep_rows(rows)


def decoding(name: str, call: Callable[..., object]) -> list[Any]:
    return [
        case(f"{name} model", TypeError, "model must be a Transformer, got NoneType", call, model=None),
        case(f"{name} max_length 0", ValueError, "max_length must be at least 1, got 0", call, max_length=0),
        case(f"{name} max_length 2.0", TypeError, "max_length must be an int, got float (2.0)", call, max_length=2.0),
        case(f"{name} over-long", ValueError, OVER_LONG, call, max_length=9),
        case(f"{name} S 0", ValueError, NO_SOURCE, call, SOURCE[:, :0]),
    ]


def bounds(label: str, call: Callable[..., object]) -> list[Any]:
    return [
        case(f"{label} {name} {value!r}", error, message.format(name), call, **{name: value})
        for name in ("start_id", "end_id")
        for value, error, message in (
            (13, ValueError, "{} must be in [0, 13), got 13"),
            (-1, ValueError, "{} must be in [0, 13), got -1"),
            (1.0, TypeError, "{} must be an int, got float (1.0)"),
            (True, TypeError, "{} must be an int, got bool (True)"),
            (PAD, ValueError, "{} must not be the padding's id 0"),
        )
    ]


def number(call: Callable[..., object], name: str) -> list[Any]:
    return [
        case(f"{name} 0", ValueError, f"{name} must be at least 1, got 0", call, **{name: 0}),
        case(f"{name} 2.0", TypeError, f"{name} must be an int, got float (2.0)", call, **{name: 2.0}),
        case(f"{name} True", TypeError, f"{name} must be an int, got bool (True)", call, **{name: True}),
    ]


DECODING = [
    *decoding("greedy", decode),
    *decoding("beam", search),
    *decoding("incremental", decoder),
    *bounds("greedy", decode),
    *bounds("beam", search),
    *number(search, "beam_size"),
    *number(search, "n_best"),
    *number(decoder, "beams"),
    case("n_best 4 of 3", ValueError, "n_best must be at most beam_size = 3, got 4", search, n_best=4),
    case("penalty -0.1", ValueError, f"{FINITE}-0.1", search, length_penalty=-0.1),
    case("penalty nan", ValueError, f"{FINITE}nan", search, length_penalty=float("nan")),
    case("penalty inf", ValueError, f"{FINITE}inf", search, length_penalty=float("inf")),
    case("penalty 10.5", ValueError, "length_penalty must be at most 10, got 10.5", search, length_penalty=10.5),
    case("penalty text", TypeError, "length_penalty must be a number, got str ('0.6')", search, length_penalty="0.6"),
    case("penalty bool", TypeError, "length_penalty must be a number, got bool (True)", search, length_penalty=True),
    case("step list", TypeError, "tokens must be a torch.Tensor of shape (rows), got list", step, [3] * 6),
    case("step 2-D", ValueError, "tokens must have shape (rows), got (6, 1)", step, ROWS[:, None]),
    case("step rows", ValueError, "tokens must have one id for each of the 6 rows, got 2", step, ROWS[:2]),
    case("step one row", ValueError, "tokens must have one id for each of the 6 rows, got 1", step, ROWS[:1]),
    case("step float", TypeError, FLOAT, step, ROWS.float()),
    case("keep list", TypeError, "items must be a torch.Tensor of shape (items), got list", keep, [0]),
    case("keep float", TypeError, "items must be of dtype torch.int64 or torch.int32, got torch.float32", keep, ROWS[:2] / 3),
    case("keep 2-D", ValueError, "items must have shape (items), got (2, 1)", keep, torch.tensor([[0], [1]])),
    case("keep 2", ValueError, "items must be in [0, 2), got 0 to 2", keep, torch.tensor([0, 2])),
    case("rows -1", ValueError, "rows must be in [0, 6), got -1 to 3", keep_rows, torch.tensor([3, -1])),
    case("step too far", ValueError, "max_length = 2 tokens have been read, there is no room for more", step, ROWS, ROWS, ROWS),
]


@pytest.mark.parametrize(("call", "error", "message"), DECODING)
def test_decoding_is_refused(call: Callable[[], object], error: type[Exception], message: str) -> None:
    assert_refused(call, error, message)


def test_an_id_outside_the_vocabulary_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^target has id 13 at position \(0, 0\), outside the vocabulary of 13$"):
        step(ROWS + 10)
