import math

import pytest
import torch
from torch import Tensor

from tests.transformer.helpers import assert_exact, assert_identical, tokens_mask
from transformer import scaled_dot_product_attention

BATCH, HEADS, QUERY, KEY, D_K, D_V = 2, 3, 5, 7, 4, 11
CAUSAL = torch.ones(1, 1, QUERY, KEY, dtype=torch.bool).tril()
PADDING = tokens_mask([7, 4])

both_paths = pytest.mark.parametrize("need_weights", [False, True], ids=["output-only", "weights"])
bad_numbers = pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf], ids=["nan", "inf", "minus-inf"])
key_or_value = pytest.mark.parametrize("which", [1, 2], ids=["key", "value"])


def random_inputs() -> tuple[Tensor, Tensor, Tensor]:
    query = torch.randn(BATCH, HEADS, QUERY, D_K, dtype=torch.float64)
    key = torch.randn(BATCH, HEADS, KEY, D_K, dtype=torch.float64)
    return query, key, torch.randn(BATCH, HEADS, KEY, D_V, dtype=torch.float64)


@both_paths
@bad_numbers
@key_or_value
def test_a_hidden_key_or_value_does_not_leak(which: int, number: float, need_weights: bool) -> None:
    inputs = random_inputs()
    expected = scaled_dot_product_attention(*inputs, PADDING, need_weights=need_weights)
    inputs[which][1, :, 4:, 0] = number
    for x in inputs:
        x.requires_grad_()
    output, weights = scaled_dot_product_attention(*inputs, PADDING, need_weights=need_weights)
    assert_identical(output, expected[0])
    if need_weights:
        assert_identical(weights, expected[1])
    for gradient in torch.autograd.grad(output.sum(), inputs):
        assert gradient.isfinite().all()


@both_paths
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16], ids=str)
@key_or_value
def test_what_is_hidden_from_all_may_be_huge(which: int, dtype: torch.dtype, need_weights: bool) -> None:
    query, key, value = (x.to(dtype) for x in random_inputs())
    inputs = (20 * query, key, value)
    expected, _ = scaled_dot_product_attention(*inputs, PADDING, need_weights=need_weights)
    signs = torch.tensor([1.0, -1.0] * 6, dtype=dtype)[: inputs[which].shape[-1]]
    inputs[which][1, :, 4:] = torch.finfo(dtype).max * signs
    output, _ = scaled_dot_product_attention(*inputs, PADDING, need_weights=need_weights)
    assert_identical(output, expected)


@both_paths
@bad_numbers
@key_or_value
def test_a_later_token_does_not_leak_into_earlier_rows(which: int, number: float, need_weights: bool) -> None:
    inputs = random_inputs()
    expected, expected_weights = scaled_dot_product_attention(*inputs, CAUSAL, need_weights=need_weights)
    inputs[which][0, 1, 3, 2] = number
    output, weights = scaled_dot_product_attention(*inputs, CAUSAL, need_weights=need_weights)
    spoiled = torch.zeros(BATCH, HEADS, QUERY, dtype=torch.bool)
    spoiled[0, 1, 3:] = True
    assert output[spoiled].isnan().all()
    assert_exact(output[~spoiled], expected[~spoiled])
    if weights is not None and expected_weights is not None:
        assert weights[spoiled].isnan().all()
        assert_exact(weights[~spoiled], expected_weights[~spoiled])


@both_paths
def test_a_query_that_is_not_finite_spoils_its_own_row(need_weights: bool) -> None:
    inputs = random_inputs()
    expected, _ = scaled_dot_product_attention(*inputs, CAUSAL, need_weights=need_weights)
    inputs[0][1, 2, 4, 0] = math.nan
    output, _ = scaled_dot_product_attention(*inputs, CAUSAL, need_weights=need_weights)
    assert output[1, 2, 4].isnan().all()
    output[1, 2, 4] = expected[1, 2, 4]
    assert_exact(output, expected)


@both_paths
def test_without_a_mask_a_nan_stays_in_its_batch_item_and_head(need_weights: bool) -> None:
    inputs = random_inputs()
    expected, _ = scaled_dot_product_attention(*inputs, need_weights=need_weights)
    inputs[1][1, 2, 6, 0] = math.nan
    output, _ = scaled_dot_product_attention(*inputs, need_weights=need_weights)
    assert output[1, 2].isnan().all()
    output[1, 2] = expected[1, 2]
    assert_exact(output, expected)


@both_paths
def test_a_visible_nan_does_not_reach_an_empty_row(need_weights: bool) -> None:
    inputs = random_inputs()
    inputs[2][0, 0, 0, 0] = math.nan
    mask = CAUSAL.clone()
    mask[:, :, 2] = False
    output, weights = scaled_dot_product_attention(*inputs, mask, need_weights=need_weights)
    assert output[0, 0, [0, 1, 3, 4]].isnan().all()
    assert_identical(output[:, :, 2], torch.zeros(BATCH, HEADS, D_V, dtype=torch.float64))
    if weights is not None:
        assert_identical(weights[:, :, 2], torch.zeros(BATCH, HEADS, KEY, dtype=torch.float64))
