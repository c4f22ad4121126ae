import math

import pytest
import torch
from torch import Tensor, nn

from tests.transformer.helpers import assert_exact, assert_identical, randomize, tokens_mask
from transformer import MultiHeadAttention

BATCH, HEADS, QUERY, KEY, D_MODEL = 2, 3, 5, 7, 12
PADDING = tokens_mask([7, 4])
both_paths = pytest.mark.parametrize("need_weights", [False, True], ids=["output-only", "weights"])
both_modes = pytest.mark.parametrize("training", [False, True], ids=["eval", "train"])


def attention(dropout: float = 0.0, bias: bool = True) -> MultiHeadAttention:
    module = MultiHeadAttention(D_MODEL, HEADS, dropout=dropout, bias=bias).double()
    randomize(module)
    return module


def inputs() -> tuple[Tensor, Tensor]:
    query = torch.randn(BATCH, QUERY, D_MODEL, dtype=torch.float64)
    return query, torch.randn(BATCH, KEY, D_MODEL, dtype=torch.float64)


def test_each_head_uses_its_own_rows_of_the_weights() -> None:
    module = attention()
    query, key = inputs()
    output, weights = module(query, key, key, need_weights=True)
    heads = []
    for h in range(HEADS):
        rows = slice(h * module.d_k, (h + 1) * module.d_k)
        q, k, v = (
            x @ p.weight[rows].T + p.bias[rows] for x, p in ((query, module.q_proj), (key, module.k_proj), (key, module.v_proj))
        )
        weights_of_head = (q @ k.mT / math.sqrt(module.d_k)).softmax(-1)
        assert_exact(weights[:, h], weights_of_head)
        heads.append(weights_of_head @ v)
    assert_exact(output, torch.cat(heads, dim=-1) @ module.out_proj.weight.T + module.out_proj.bias)


def test_key_and_value_may_differ() -> None:
    module = attention()
    query, key = inputs()
    _, value = inputs()
    output, weights = module(query, key, value, need_weights=True)
    assert_exact(module(query, key, value)[0], output)
    assert_identical(weights, module(query, key, key, need_weights=True)[1])
    assert not output.isclose(module(query, key, key)[0]).any()


@both_paths
@both_modes
@pytest.mark.parametrize("grad", [False, True], ids=["no-grad", "grad"])
def test_a_fully_masked_item_leaves_only_the_output_bias(need_weights: bool, training: bool, grad: bool) -> None:
    module = attention().train(training)
    query, key = inputs()
    mask = PADDING.clone()
    mask[1] = False
    with torch.set_grad_enabled(grad):
        output, weights = module(query, key, key, mask, need_weights=need_weights)
    assert_identical(output[1], module.out_proj.bias.detach().expand(QUERY, D_MODEL))
    assert output.isfinite().all()
    if need_weights:
        assert_identical(weights[1], torch.zeros(HEADS, QUERY, KEY, dtype=torch.float64))
    if grad:
        output.sum().backward()
        for parameter in module.parameters():
            assert parameter.grad is not None
            assert parameter.grad.isfinite().all()


@both_paths
def test_hidden_content_changes_nothing_and_visible_nan_spoils_its_item_only(need_weights: bool) -> None:
    module = attention()
    query, key = inputs()
    expected, expected_weights = module(query, key, key, PADDING, need_weights=need_weights)
    hidden, visible = key.clone(), key.clone()
    hidden[1, 4:] = math.nan
    output, weights = module(query, hidden, hidden, PADDING, need_weights=need_weights)
    assert_identical(output, expected)
    if need_weights:
        assert_identical(weights, expected_weights)
    visible[1, 3, 0] = math.nan
    output, _ = module(query, visible, visible, PADDING, need_weights=need_weights)
    assert output[1].isnan().all()
    assert_identical(output[0], expected[0])


def test_a_mask_for_each_head_is_obeyed() -> None:
    module = attention()
    query, key = inputs()
    mask = torch.ones(1, HEADS, 1, KEY, dtype=torch.bool)
    for h in range(HEADS):
        mask[0, h, 0, h] = False
    _, weights = module(query, key, key, mask, need_weights=True)
    assert_identical((weights == 0).double(), (~mask).expand_as(weights).double())


@both_paths
def test_dropout_acts_in_training_only(need_weights: bool) -> None:
    module, undropped = attention(dropout=0.5), attention()
    undropped.load_state_dict(module.state_dict())
    query, key = inputs()
    expected, expected_weights = undropped(query, key, key, PADDING, need_weights=need_weights)
    module.eval()
    assert_identical(module(query, key, key, PADDING, need_weights=need_weights)[0], expected)
    module.train()
    output, weights = module(query, key, key, PADDING, need_weights=need_weights)
    assert not output.isclose(expected).all()
    torch.manual_seed(2)
    one, _ = module(query, key, key, PADDING, need_weights=need_weights)
    torch.manual_seed(2)
    assert_identical(module(query, key, key, PADDING, need_weights=need_weights)[0], one)
    if need_weights:
        assert_identical(weights, expected_weights)
        assert_exact(weights.sum(-1), torch.ones(BATCH, HEADS, QUERY, dtype=torch.float64))


def test_starts_from_xavier_weights_and_zero_biases() -> None:
    module = MultiHeadAttention(240, 3)
    bound = math.sqrt(6 / (240 + 240))
    for projection in (module.q_proj, module.k_proj, module.v_proj, module.out_proj):
        assert 0.99 * bound < projection.weight.abs().max() <= bound
        assert_identical(projection.bias.detach(), torch.zeros(240))
    assert not module.q_proj.weight.equal(module.k_proj.weight)


def test_without_bias_there_are_four_weights_and_nothing_else() -> None:
    names = [name for name, _ in MultiHeadAttention(D_MODEL, HEADS, bias=False).named_parameters()]
    assert names == ["q_proj.weight", "k_proj.weight", "v_proj.weight", "out_proj.weight"]


@pytest.mark.parametrize("empty", ["batch", "query"])
def test_an_empty_batch_or_query_gives_an_empty_output(empty: str) -> None:
    query, key = inputs()
    if empty == "batch":
        query, key = query[:0], key[:0]
    else:
        query = query[:, :0]
    assert attention()(query, key, key)[0].shape == query.shape


def test_runs_under_autocast() -> None:
    module = nn.Module.float(attention())
    query, key = (x.float() for x in inputs())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        output, _ = module(query, key, key, PADDING)
        again, _ = module(output, key, key, PADDING)
    assert again.dtype == torch.bfloat16
    assert again.isfinite().all()
