"""A change of low rank, and weights of eight bits."""

import pytest
import torch
from torch import nn

from tests.transformer.helpers import assert_exact, assert_identical, assert_refused
from tests.transformer.today.models import FAMILIES, made, text
from transformer.today import Int8Linear, LoRALinear, add_lora, merge_lora, quantise, quantised


def adapted(bias: bool = True) -> LoRALinear:
    return LoRALinear(nn.Linear(7, 5, bias=bias, dtype=torch.float64), rank=2, scale=0.5)


def test_at_the_start_nothing_is_changed() -> None:
    layer, x = adapted(), torch.randn(2, 3, 7, dtype=torch.float64)
    assert_identical(layer(x), layer.linear(x))
    layer(x).square().sum().backward()
    assert layer.up.weight.grad is not None
    assert layer.down.weight.grad is not None
    assert (layer.up.weight.grad != 0).any()
    assert (layer.down.weight.grad == 0).all()
    assert layer.linear.weight.grad is None


@pytest.mark.parametrize("bias", [True, False])
def test_merged_computes_the_same(bias: bool) -> None:
    layer, x = adapted(bias), torch.randn(2, 3, 7, dtype=torch.float64)
    nn.init.normal_(layer.up.weight)
    one = layer.merged()
    assert_exact(one(x), layer(x))
    assert torch.linalg.matrix_rank(one.weight - layer.linear.weight) == 2
    before = layer(x)
    nn.init.zeros_(one.weight)
    assert_identical(layer(x), before)


def test_a_model_learns_only_what_was_added_and_is_merged() -> None:
    model, tokens = made("llama"), text(2, 5)
    plain = model(tokens)
    names = list(dict(model.named_parameters()))
    assert add_lora(model, rank=2, scale=0.5, where=lambda name: name.endswith(("q_proj", "v_proj"))) == 6
    assert_exact(model(tokens), plain)
    learning = [name for name, weight in model.named_parameters() if weight.requires_grad]
    assert len(learning) == 12
    assert all(".up." in name or ".down." in name for name in learning)
    for name, weight in model.named_parameters():
        if name in learning:
            nn.init.normal_(weight, std=0.3)
    changed = model(tokens)
    assert (changed - plain).abs().max() > 1e-2
    merge_lora(model)
    assert_exact(model(tokens), changed)
    assert list(dict(model.named_parameters())) == names


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_no_weight_moves_by_more_than_half_a_step(dtype: torch.dtype) -> None:
    weight = torch.randn(13, 29).to(dtype)
    weight[3] *= 1000
    weight[5] = 0
    numbers, step = quantised(weight)
    assert numbers.dtype == torch.int8
    assert (numbers.abs().amax(1)[torch.arange(13) != 5] == 127).all()
    moved = (numbers * step.unsqueeze(1).double() - weight.double()).abs()
    assert (moved <= step.double().unsqueeze(1) / 2 * (1 + 1e-6)).all()
    assert moved.max() > 0


def test_the_output_is_that_of_the_rounded_weights() -> None:
    linear, x = nn.Linear(29, 13, dtype=torch.float64), torch.randn(2, 3, 29, dtype=torch.float64)
    layer = Int8Linear(linear)
    numbers, step = quantised(linear.weight)
    rounded = nn.functional.linear(x, numbers * step.double().unsqueeze(1), linear.bias)
    assert_exact(layer(x), rounded)
    bound = x.abs().sum(-1, keepdim=True) * step.double() / 2
    assert ((layer(x) - linear(x)).abs() <= bound + 1e-12).all()


def test_a_model_of_eight_bits_is_saved_and_loaded() -> None:
    model, tokens = made("olmo2"), text(2, 5)
    plain = model(tokens)
    assert quantise(model, where=lambda name: name.startswith("blocks")) == 3 * 7
    rounded = model(tokens)
    assert 0 < (rounded - plain).abs().max() < 0.2
    with torch.device("meta"):
        empty = FAMILIES["olmo2"]().double()
    quantise(empty, where=lambda name: name.startswith("blocks"))
    empty.load_state_dict(model.state_dict(), assign=True)
    assert_identical(empty(tokens), rounded)


@pytest.mark.bad_input
def test_refused() -> None:
    assert_refused(
        lambda: LoRALinear(nn.ReLU(), 2, 1.0),  # type: ignore[arg-type]
        TypeError,
        "linear must be an nn.Linear, got ReLU",
    )
    assert_refused(lambda: LoRALinear(nn.Linear(2, 3), 0, 1.0), ValueError, "rank must be at least 1, got 0")
    assert_refused(lambda: LoRALinear(nn.Linear(2, 3), 1, 0.0), ValueError, "scale must be a finite number above 0, got 0.0")
    none = "where must choose a linear layer of the model, and chose none"
    assert_refused(lambda: add_lora(nn.ReLU(), rank=1, scale=1.0, where=lambda _: True), ValueError, none)
    assert_refused(lambda: quantise(nn.Linear(2, 3), where=lambda _: False), ValueError, none)
    assert_refused(
        lambda: quantised(torch.ones(2, 2).long()), TypeError, "weight must have a floating-point dtype, got torch.int64"
    )
    assert_refused(lambda: quantised(torch.ones(2)), ValueError, "weight must have shape (rows, columns), got (2,)")
    assert_refused(
        lambda: quantised(torch.full((2, 2), torch.nan)), ValueError, "weight must be finite, got a number that is not"
    )
    assert_refused(
        lambda: Int8Linear(nn.Identity()),  # type: ignore[arg-type]
        TypeError,
        "linear must be an nn.Linear, got Identity",
    )
