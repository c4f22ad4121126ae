import math

import pytest
import torch
from torch import Tensor, nn

from tests.transformer.helpers import assert_exact, assert_identical, randomize, tokens_mask
from transformer import Decoder, DecoderLayer, causal_mask

TARGET_PADDING, SOURCE_PADDING = tokens_mask([5, 3]), tokens_mask([4, 7])
both_norms = pytest.mark.parametrize("norm_first", [True, False], ids=["pre-norm", "post-norm"])


def decoder(*, norm_first: bool, dropout: float = 0.0) -> Decoder:
    module = Decoder(2, 6, 3, 11, dropout=dropout, norm_first=norm_first).double()
    randomize(module)
    return module


def inputs() -> tuple[Tensor, Tensor]:
    return torch.randn(2, 5, 6, dtype=torch.float64), torch.randn(2, 7, 6, dtype=torch.float64)


@both_norms
def test_runs_its_layers_in_turn_and_normalises_once_more_after_pre_norm(norm_first: bool) -> None:
    module, (x, memory) = decoder(norm_first=norm_first), inputs()
    masks = (TARGET_PADDING, SOURCE_PADDING)
    expected = module.layers[1](module.layers[0](x, memory, *masks), memory, *masks)
    assert isinstance(module.final_norm, nn.LayerNorm) == norm_first
    assert_exact(module(x, memory, *masks), module.final_norm(expected) if norm_first else expected)


@both_norms
@pytest.mark.parametrize("content", [7.0, math.nan], ids=["number", "nan"])
@pytest.mark.parametrize("mask", [None, TARGET_PADDING], ids=["no-mask", "padding"])
def test_the_future_changes_nothing_without_being_asked(norm_first: bool, mask: Tensor | None, content: float) -> None:
    module, (x, memory) = decoder(norm_first=norm_first), inputs()
    expected = module(x, memory, mask)
    for position in range(1, 5):
        future = x.clone()
        future[:, position:] = content
        output = module(future, memory, mask)
        assert_identical(output[:, :position], expected[:, :position])
        assert not output[:, position:].isclose(expected[:, position:]).all(-1).any()


def test_causal_false_lets_the_future_in_and_equals_a_mask_made_by_hand() -> None:
    module, (x, memory) = decoder(norm_first=True), inputs()
    seen = module(x, memory, causal=False)
    assert not seen[:, :-1].isclose(module(x, memory)[:, :-1]).all(-1).any()
    assert_identical(module(x, memory, causal_mask(5), causal=False), module(x, memory))


@both_norms
def test_padded_content_changes_nothing(norm_first: bool) -> None:
    module, (x, memory) = decoder(norm_first=norm_first), inputs()
    expected = module(x, memory, TARGET_PADDING, SOURCE_PADDING)
    memory[0, 4:] = math.nan
    assert_identical(module(x, memory, TARGET_PADDING, SOURCE_PADDING), expected)
    assert module(x, memory, TARGET_PADDING)[0].isnan().all()


def test_left_padding_gives_finite_outputs_and_gradients() -> None:
    module, (x, memory) = decoder(norm_first=True), inputs()
    left = torch.tensor([[False, False, True, True, True], [True] * 5])[:, None, None, :]
    output = module(x, memory, left, torch.zeros(2, 1, 1, 7, dtype=torch.bool))
    assert output.isfinite().all()
    output.sum().backward()
    for parameter in module.parameters():
        assert parameter.grad is not None
        assert parameter.grad.isfinite().all()


def test_layers_do_not_share_their_start() -> None:
    first, second = Decoder(2, 6, 3, 11).layers
    for name in ("self_attention.q_proj.weight", "cross_attention.q_proj.weight", "feed_forward.linear_in.weight"):
        assert not first.get_parameter(name).isclose(second.get_parameter(name)).any()


@both_norms
def test_dropout_acts_in_training_only(norm_first: bool) -> None:
    module, undropped = decoder(norm_first=norm_first, dropout=0.5), decoder(norm_first=norm_first)
    undropped.load_state_dict(module.state_dict())
    x, memory = inputs()
    assert_identical(module.eval()(x, memory), undropped(x, memory))
    torch.manual_seed(2)
    trained = module.train()(x, memory)
    assert not trained.isclose(undropped(x, memory)).all()
    torch.manual_seed(2)
    assert_identical(module(x, memory), trained)


def test_settings_reach_every_layer() -> None:
    module = Decoder(2, 6, 3, 11, dropout=0.25, norm_first=True, bias=False, layer_norm_eps=1e-3)
    assert len(module.layers) == 2
    for part in module.modules():
        if isinstance(part, nn.Dropout):
            assert part.p == 0.25
        if isinstance(part, nn.LayerNorm):
            assert part.eps == 1e-3
        if isinstance(part, nn.Linear):
            assert part.bias is None


def test_takes_an_empty_batch() -> None:
    assert DecoderLayer(6, 3, 11)(torch.zeros(0, 5, 6), torch.zeros(0, 7, 6)).shape == (0, 5, 6)
