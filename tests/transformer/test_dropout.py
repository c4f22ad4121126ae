"""Our dropout is torch's with other random numbers: rate, scale, independence and gradient."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.transformer.helpers import assert_exact, assert_identical, assert_refused, case
from transformer import Dropout, padding_mask, scaled_dot_product_attention
from transformer.dropout import drop

STEPS = 65_536
RATES = [0.1, 0.3, 0.5, 0.9]
MANY = 2**20


def kept(probability: float, size: int = MANY) -> Tensor:
    return drop(torch.ones(size), probability) != 0


def by_seed(seed: int, x: Tensor, probability: float) -> Tensor:
    torch.manual_seed(seed)
    return drop(x, probability)


@pytest.mark.parametrize("probability", [*RATES, 1 / STEPS, 1 - 1 / STEPS])
def test_what_is_kept_is_scaled_by_exactly_one_over_the_rounded_rate(probability: float) -> None:
    dropped = drop(torch.ones(MANY, dtype=torch.float64), probability)
    scale = STEPS / (STEPS - round(probability * STEPS))
    assert set(dropped.tolist()) == {0.0, scale}


@pytest.mark.parametrize("probability", RATES)
def test_the_rate_is_the_probability(probability: float) -> None:
    deviation = math.sqrt(probability * (1 - probability) / MANY)
    assert abs((~kept(probability)).double().mean() - probability) < 5 * deviation


@pytest.mark.parametrize("probability", RATES)
def test_the_expectation_stays(probability: float) -> None:
    x = torch.rand(MANY, dtype=torch.float64)
    deviation = math.sqrt(probability / (1 - probability) / 3 / MANY)  # E[x^2] = 1/3
    assert abs(drop(x, probability).mean() - x.mean()) < 5 * deviation


@pytest.mark.parametrize("probability", RATES)
def test_the_four_elements_of_a_draw_are_independent(probability: float) -> None:
    patterns = kept(probability).view(-1, 4).long() @ torch.tensor([8, 4, 2, 1])
    counts = patterns.bincount(minlength=16).double()
    ones = torch.tensor([bin(pattern).count("1") for pattern in range(16)], dtype=torch.float64)
    expected = MANY / 4 * (1 - probability) ** ones * probability ** (4 - ones)
    assert float(((counts - expected) ** 2 / expected).sum()) < 60  # 15 degrees of freedom: once in three million


@pytest.mark.parametrize("lag", [1, 2, 3, 4, 5, 64])
def test_neighbours_are_independent(lag: int) -> None:
    signs = kept(0.5).double() * 2 - 1
    assert abs((signs[lag:] * signs[:-lag]).mean()) < 5 / math.sqrt(MANY)


def test_the_seed_decides() -> None:
    x = torch.rand(7, 11, 13)
    assert_identical(by_seed(2, x, 0.5), by_seed(2, x, 0.5))
    assert not torch.equal(by_seed(2, x, 0.5), by_seed(3, x, 0.5))
    torch.manual_seed(2)
    assert not torch.equal(drop(x, 0.5), drop(x, 0.5))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_every_dtype_drops_the_same_and_stays(dtype: torch.dtype) -> None:
    x = torch.randn(7, 11, 13)
    dropped = by_seed(2, x.to(dtype), 0.5)
    assert dropped.dtype == dtype
    assert_identical(dropped, by_seed(2, x, 0.5).to(dtype) if dtype != torch.float64 else by_seed(2, x.double(), 0.5))
    assert_identical(dropped == 0, by_seed(2, x, 0.5) == 0)


@pytest.mark.parametrize("shape", [(), (1,), (2,), (3,), (5,), (3, 5, 7), (2, 3, 4)], ids=str)
def test_every_element_of_any_shape_is_now_kept_now_dropped(shape: tuple[int, ...]) -> None:
    runs = torch.stack([drop(torch.ones(shape), 0.5) for _ in range(100)])
    assert runs.shape == (100, *shape)
    assert (runs.amin(0) == 0).all()
    assert (runs.amax(0) == 2).all()


def test_a_transposed_tensor_drops_what_stands_in_the_same_place() -> None:
    x = torch.rand(5, 7)
    assert_identical(by_seed(2, x.T.contiguous().T, 0.5), by_seed(2, x, 0.5))


def test_an_empty_tensor_stays_empty() -> None:
    assert drop(torch.ones(3, 0, 5), 0.5).shape == (3, 0, 5)


def test_a_probability_that_rounds_to_zero_drops_nothing() -> None:
    x = torch.rand(7)
    assert drop(x, 0.0) is x
    assert drop(x, 0.4 / STEPS) is x


def test_the_largest_probability_below_one_still_keeps_one_in_65536() -> None:
    dropped = drop(torch.ones(MANY), math.nextafter(1, 0))
    assert set(dropped.tolist()) == {0.0, float(STEPS)}
    assert abs(int((dropped != 0).sum()) - MANY / STEPS) < 5 * math.sqrt(MANY / STEPS)


def test_the_gradient_is_the_mask() -> None:
    x = torch.rand(7, 11, dtype=torch.float64, requires_grad=True)
    torch.manual_seed(2)
    dropped = drop(x, 0.3)
    dropped.sum().backward()  # type: ignore[no-untyped-call]
    mask = by_seed(2, torch.ones(7, 11, dtype=torch.float64), 0.3)
    assert_identical(x.grad, mask)
    assert_exact(dropped, x * mask)


def test_the_module_acts_in_training_only() -> None:
    module, x = Dropout(0.5), torch.rand(7, 11)
    torch.manual_seed(2)
    assert_identical(module(x), by_seed(2, x, 0.5))
    assert module.eval()(x) is x


def test_tools_that_look_for_torchs_dropout_find_ours() -> None:
    assert isinstance(Dropout(0.5), nn.Dropout)
    assert Dropout(0.25).p == 0.25


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        case("1", ValueError, "p must be in [0, 1), got 1", Dropout, 1),
        case("below 0", ValueError, "p must be in [0, 1), got -0.1", Dropout, -0.1),
        case("nan", ValueError, "p must be in [0, 1), got nan", Dropout, math.nan),
        case("text", TypeError, "p must be a number, got str ('0.1')", Dropout, "0.1"),
        case("bool", TypeError, "p must be a number, got bool (True)", Dropout, True),
        case("huge", ValueError, "p must be a number that a float can hold, got an int of 1329 bits", Dropout, 10**400),
        case("ids", TypeError, "input must be a floating-point tensor, got torch.int64", Dropout(0.5), torch.ones(3).long()),
        case("list", TypeError, "input must be a floating-point tensor, got list", Dropout(0.5), [1.0]),
    ],
)
def test_what_is_no_probability_is_refused(call: Any, error: type[Exception], message: str) -> None:
    assert_refused(call, error, message)


@pytest.mark.parametrize("masked", [True, False], ids=["mask", "no mask"])
@pytest.mark.parametrize("need_weights", [True, False], ids=["weights", "no weights"])
def test_attention_drops_weights_and_returns_them_whole(masked: bool, need_weights: bool) -> None:
    query, key, value = (torch.randn(2, 3, length, width, dtype=torch.float64) for length, width in ((5, 11), (7, 11), (7, 13)))
    mask = padding_mask(torch.tensor([[4, 5, 6, 7, 8, 9, 3], [4, 5, 6, 0, 0, 0, 0]]), 0) if masked else None
    scores = query @ key.mT / math.sqrt(11)
    weights = (scores if mask is None else scores.masked_fill(~mask, -math.inf)).softmax(-1)
    torch.manual_seed(2)
    output, returned = scaled_dot_product_attention(
        query, key, value, mask, dropout=0.5, training=True, need_weights=need_weights
    )
    assert_exact(output, by_seed(2, weights, 0.5) @ value)
    if need_weights:
        assert_exact(returned, weights)
    else:
        assert returned is None
