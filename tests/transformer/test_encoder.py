import math

import pytest
import torch
from torch import nn

from tests.transformer.helpers import assert_exact, assert_identical, randomize, tokens_mask
from transformer import Encoder, EncoderLayer

PADDING = tokens_mask([5, 3])
both_norms = pytest.mark.parametrize("norm_first", [True, False], ids=["pre-norm", "post-norm"])


def encoder(*, norm_first: bool, dropout: float = 0.0) -> Encoder:
    module = Encoder(2, 6, 3, 11, dropout=dropout, norm_first=norm_first).double()
    randomize(module)
    return module


@both_norms
def test_runs_its_layers_in_turn_and_normalises_once_more_after_pre_norm(norm_first: bool) -> None:
    module, x = encoder(norm_first=norm_first), torch.randn(2, 5, 6, dtype=torch.float64)
    expected = module.layers[1](module.layers[0](x, PADDING), PADDING)
    assert isinstance(module.final_norm, nn.LayerNorm) == norm_first
    assert_exact(module(x, PADDING), module.final_norm(expected) if norm_first else expected)


@both_norms
def test_padded_content_changes_nothing(norm_first: bool) -> None:
    module, x = encoder(norm_first=norm_first), torch.randn(2, 5, 6, dtype=torch.float64)
    expected = module(x, PADDING)
    for content in (7.0, math.nan, math.inf):
        other = x.clone()
        other[1, 3:] = content
        output = module(other, PADDING)
        assert_identical(output[0], expected[0])
        assert_identical(output[1, :3], expected[1, :3])


@both_norms
def test_a_nan_that_can_be_seen_spoils_its_own_item_only(norm_first: bool) -> None:
    module, x = encoder(norm_first=norm_first), torch.randn(2, 5, 6, dtype=torch.float64)
    expected = module(x, PADDING)
    x[0, 2, 1] = math.nan
    output = module(x, PADDING)
    assert output[0].isnan().all()
    assert_identical(output[1], expected[1])


def test_layers_do_not_share_their_start() -> None:
    first, second = Encoder(2, 6, 3, 11).layers
    for name in ("self_attention.q_proj.weight", "feed_forward.linear_in.weight"):
        assert not first.get_parameter(name).isclose(second.get_parameter(name)).any()


@both_norms
def test_dropout_acts_in_training_only(norm_first: bool) -> None:
    module, undropped = encoder(norm_first=norm_first, dropout=0.5), encoder(norm_first=norm_first)
    undropped.load_state_dict(module.state_dict())
    x = torch.randn(2, 5, 6, dtype=torch.float64)
    assert_identical(module.eval()(x), undropped(x))
    torch.manual_seed(2)
    trained = module.train()(x)
    assert not trained.isclose(undropped(x)).all()
    torch.manual_seed(2)
    assert_identical(module(x), trained)


def test_settings_reach_every_layer() -> None:
    module = Encoder(2, 6, 3, 11, dropout=0.25, norm_first=False, bias=False, layer_norm_eps=1e-3)
    assert len(module.layers) == 2
    for part in module.modules():
        if isinstance(part, nn.Dropout):
            assert part.p == 0.25
        if isinstance(part, nn.LayerNorm):
            assert part.eps == 1e-3
        if isinstance(part, nn.Linear):
            assert part.bias is None
    assert isinstance(Encoder(2, 6, 3, 11, layer_norm_eps=1e-3).final_norm, nn.LayerNorm)
    assert Encoder(2, 6, 3, 11, layer_norm_eps=1e-3).final_norm.eps == 1e-3


def test_takes_an_empty_batch() -> None:
    assert EncoderLayer(6, 3, 11)(torch.zeros(0, 5, 6)).shape == (0, 5, 6)
