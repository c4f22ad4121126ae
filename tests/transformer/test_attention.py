import math

import pytest
import torch
from torch import Tensor

from tests.transformer.helpers import assert_exact, assert_identical, tokens_mask
from transformer import scaled_dot_product_attention

BATCH, HEADS, QUERY, KEY, D_K, D_V = 2, 3, 5, 7, 4, 11
PADDING = tokens_mask([7, 4])
CAUSAL = torch.ones(1, 1, QUERY, KEY, dtype=torch.bool).tril()
both_paths = pytest.mark.parametrize("need_weights", [False, True], ids=["output-only", "weights"])


def random_inputs() -> tuple[Tensor, Tensor, Tensor]:
    query = torch.randn(BATCH, HEADS, QUERY, D_K, dtype=torch.float64, requires_grad=True)
    key = torch.randn(BATCH, HEADS, KEY, D_K, dtype=torch.float64, requires_grad=True)
    value = torch.randn(BATCH, HEADS, KEY, D_V, dtype=torch.float64, requires_grad=True)
    return query, key, value


def mask_with_empty_rows() -> Tensor:
    """Hide every key from query 1 in the whole batch, and from every query of item 1's head 2."""
    mask = (PADDING & CAUSAL).expand(BATCH, HEADS, QUERY, KEY).clone()
    mask[:, :, 1] = False
    mask[1, 2] = False
    return mask


@both_paths
def test_equals_the_formula_one_number_at_a_time(need_weights: bool) -> None:
    query, key, value = (x.detach() for x in random_inputs())
    mask = PADDING & CAUSAL
    output, _ = scaled_dot_product_attention(query, key, value, mask, need_weights=need_weights)
    for b in range(BATCH):
        for h in range(HEADS):
            for i in range(QUERY):
                seen = [j for j in range(KEY) if bool(mask[b, 0, i, j])]
                e = [math.exp(sum(float(query[b, h, i, c] * key[b, h, j, c]) for c in range(D_K)) / math.sqrt(D_K)) for j in seen]
                expected = [sum(w * float(value[b, h, j, c]) for w, j in zip(e, seen, strict=True)) / sum(e) for c in range(D_V)]
                assert_exact(output[b, h, i], torch.tensor(expected, dtype=torch.float64))


@pytest.mark.parametrize("mask", [None, PADDING, CAUSAL, PADDING & CAUSAL, mask_with_empty_rows()], ids=range(5))
def test_both_paths_agree_with_their_gradients(mask: Tensor | None) -> None:
    inputs = random_inputs()
    pull = torch.randn(BATCH, HEADS, QUERY, D_V, dtype=torch.float64)
    plain, no_weights = scaled_dot_product_attention(*inputs, mask)
    written_out, weights = scaled_dot_product_attention(*inputs, mask, need_weights=True)
    assert no_weights is None
    assert_exact(plain, written_out)
    assert weights is not None
    assert_exact(weights @ inputs[2], plain)
    for one, other in zip(torch.autograd.grad(plain, inputs, pull), torch.autograd.grad(written_out, inputs, pull), strict=True):
        assert_exact(one, other)


def test_half_precision_scores_do_not_overflow_before_they_are_scaled() -> None:
    query, key = torch.full((2, 3, 5, 64), 60.0), torch.full((2, 3, 7, 64), 60.0)  # 60 * 60 * 64 is above float16's 65,504
    value = torch.randn(2, 3, 7, 4)
    output, weights = scaled_dot_product_attention(query.half(), key.half(), value.half(), need_weights=True)
    assert weights is not None
    torch.testing.assert_close(weights, torch.full((2, 3, 5, 7), 1 / 7).half())
    torch.testing.assert_close(output.float(), value.mean(-2, keepdim=True).expand_as(output), atol=2e-3, rtol=0)


@pytest.mark.parametrize("need_weights", [False, True])
def test_a_sum_that_is_not_finite_hides_nothing(need_weights: bool) -> None:
    query, key, value = (torch.randn(2, 3, length, 4) for length in (5, 7, 7))
    value[0, 0, 0, 0], value[1, 2, 3, 1] = 2e38, 2e38  # finite, but their sum is not
    mask = torch.ones(2, 1, 5, 7, dtype=torch.bool).tril()
    output, _ = scaled_dot_product_attention(query, key, value, mask, need_weights=need_weights)
    value[0, 0, 0, 0] = math.inf
    spoiled, _ = scaled_dot_product_attention(query, key, value, mask, need_weights=need_weights)
    assert output.isfinite().all()
    assert spoiled[0, 0].isnan().all()
    assert_identical(spoiled[1], output[1])


def test_rows_of_weights_sum_to_one_over_the_keys() -> None:
    _, weights = scaled_dot_product_attention(*random_inputs(), PADDING & CAUSAL, need_weights=True)
    assert weights is not None
    assert weights.shape == (BATCH, HEADS, QUERY, KEY)
    assert_exact(weights.sum(-1), torch.ones(BATCH, HEADS, QUERY, dtype=torch.float64))
    hidden = weights.masked_select(~(PADDING & CAUSAL))
    assert_identical(hidden, torch.zeros_like(hidden))


@both_paths
@pytest.mark.parametrize("training", [False, True], ids=["eval", "train"])
@pytest.mark.parametrize("grad", [False, True], ids=["no-grad", "grad"])
def test_an_empty_row_gives_exact_zeros(need_weights: bool, training: bool, grad: bool) -> None:
    mask = mask_with_empty_rows()
    empty = ~mask.any(-1)
    with torch.set_grad_enabled(grad):
        output, weights = scaled_dot_product_attention(
            *random_inputs(), mask, dropout=0.3, training=training, need_weights=need_weights
        )
    assert_identical(output[empty], torch.zeros_like(output[empty]))
    assert output.isfinite().all()
    if not training:
        assert (output[~empty] != 0).all()
    if weights is not None:
        assert_identical(weights[empty], torch.zeros_like(weights[empty]))
        assert_exact(weights[~empty].sum(-1), torch.ones(int((~empty).sum()), dtype=torch.float64))


@both_paths
def test_an_empty_row_has_zero_gradients(need_weights: bool) -> None:
    query, key, value = random_inputs()
    mask = torch.zeros(1, 1, QUERY, KEY, dtype=torch.bool)
    output, _ = scaled_dot_product_attention(query, key, value, mask, need_weights=need_weights)
    for gradient in torch.autograd.grad(output.sum(), (query, key, value)):
        assert_identical(gradient, torch.zeros_like(gradient))


@both_paths
@pytest.mark.parametrize("mask", [None, PADDING & CAUSAL, mask_with_empty_rows()], ids=["no-mask", "mask", "empty-rows"])
def test_gradients_are_those_of_finite_differences(need_weights: bool, mask: Tensor | None) -> None:
    def attend(query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, ...]:
        return tuple(x for x in scaled_dot_product_attention(query, key, value, mask, need_weights=need_weights) if x is not None)

    query, key, value = random_inputs()
    assert torch.autograd.gradcheck(attend, (query, key, value[..., :2].detach().requires_grad_()))


@both_paths
def test_an_empty_batch_or_query_gives_an_empty_output(need_weights: bool) -> None:
    query, key, value = random_inputs()
    output, _ = scaled_dot_product_attention(query[:0], key[:0], value[:0], PADDING[:0], need_weights=need_weights)
    assert output.shape == (0, HEADS, QUERY, D_V)
    output, _ = scaled_dot_product_attention(query[:, :, :0], key, value, PADDING, need_weights=need_weights)
    assert output.shape == (BATCH, HEADS, 0, D_V)


def test_weights_are_returned_before_dropout() -> None:
    inputs = random_inputs()
    _, undropped = scaled_dot_product_attention(*inputs, PADDING, need_weights=True)
    output, weights = scaled_dot_product_attention(*inputs, PADDING, dropout=0.5, training=True, need_weights=True)
    assert_identical(weights, undropped)
    assert weights is not None
    assert not output.equal(weights @ inputs[2])


@both_paths
def test_dropout_acts_only_in_training_and_scales_up_what_stays(need_weights: bool) -> None:
    query, key, _ = random_inputs()
    value = torch.eye(KEY, dtype=torch.float64).expand(BATCH, HEADS, KEY, KEY)
    weights, _ = scaled_dot_product_attention(query, key, value)
    still, _ = scaled_dot_product_attention(query, key, value, dropout=0.5, need_weights=need_weights)
    assert_exact(still, weights)
    dropped, _ = scaled_dot_product_attention(query, key, value, dropout=0.5, training=True, need_weights=need_weights)
    kept = dropped != 0
    assert 0 < kept.sum() < kept.numel()
    assert_exact(dropped, torch.where(kept, 2 * weights, 0.0))
