import pytest
import torch
from torch import Tensor

from tests.transformer.helpers import assert_exact, assert_identical, randomize
from transformer.add_norm import AddNorm
from transformer.dropout import drop

D_MODEL, EPS = 6, 0.5


def add_norm(*, norm_first: bool, dropout: float = 0.0) -> AddNorm:
    module = AddNorm(D_MODEL, dropout=dropout, norm_first=norm_first, layer_norm_eps=EPS).double()
    randomize(module)
    return module


def sublayer(x: Tensor) -> Tensor:
    return x.sin() + 3


def normalise(module: AddNorm, x: Tensor) -> Tensor:
    centred = x - x.mean(-1, keepdim=True)
    variance = (centred**2).mean(-1, keepdim=True)
    return centred / (variance + EPS).sqrt() * module.norm.weight + module.norm.bias


def test_pre_norm_normalises_what_the_sublayer_reads() -> None:
    module, x = add_norm(norm_first=True), torch.randn(2, 5, D_MODEL, dtype=torch.float64)
    assert_exact(module(x, sublayer), x + sublayer(normalise(module, x)))


def test_post_norm_normalises_the_sum() -> None:
    module, x = add_norm(norm_first=False), torch.randn(2, 5, D_MODEL, dtype=torch.float64)
    assert_exact(module(x, sublayer), normalise(module, x + sublayer(x)))


@pytest.mark.parametrize("norm_first", [True, False], ids=["pre-norm", "post-norm"])
def test_dropout_acts_on_the_sublayers_output_in_training_only(norm_first: bool) -> None:
    module, undropped = add_norm(norm_first=norm_first, dropout=0.5), add_norm(norm_first=norm_first)
    undropped.load_state_dict(module.state_dict())
    x = torch.randn(2, 5, D_MODEL, dtype=torch.float64)
    assert_identical(module.eval()(x, sublayer), undropped(x, sublayer))
    module.train()
    torch.manual_seed(2)
    dropped = module(x, sublayer)
    torch.manual_seed(2)
    if norm_first:
        assert_exact(dropped, x + drop(sublayer(normalise(module, x)), 0.5))
    else:
        assert_exact(dropped, normalise(module, x + drop(sublayer(x), 0.5)))
