import torch

from tests.transformer.helpers import assert_exact, assert_identical, randomize
from transformer import FeedForward


def test_is_the_papers_equation_2() -> None:
    module = FeedForward(6, 11).double()
    randomize(module)
    x = torch.randn(2, 5, 6, dtype=torch.float64)
    w_1, b_1, w_2, b_2 = module.parameters()
    hidden = (x @ w_1.T + b_1).clamp(min=0)
    assert (hidden == 0).any()
    assert (hidden > 0).any()
    assert_exact(module(x), hidden @ w_2.T + b_2)


def test_works_on_each_position_by_itself() -> None:
    module = FeedForward(6, 11).double()
    x = torch.randn(2, 5, 6, dtype=torch.float64)
    changed = x.clone()
    changed[1, 3] += 1
    difference = (module(changed) - module(x)).abs().sum(-1) > 0
    assert difference.nonzero().tolist() == [[1, 3]]


def test_without_bias_zero_stays_zero() -> None:
    module = FeedForward(6, 11, bias=False)
    assert [tuple(p.shape) for p in module.parameters()] == [(11, 6), (6, 11)]
    assert_identical(module(torch.zeros(2, 5, 6)).detach(), torch.zeros(2, 5, 6))


def test_takes_an_empty_batch_and_an_empty_sequence() -> None:
    assert FeedForward(6, 11)(torch.zeros(0, 5, 6)).shape == (0, 5, 6)
    assert FeedForward(6, 11)(torch.zeros(2, 0, 6)).shape == (2, 0, 6)
