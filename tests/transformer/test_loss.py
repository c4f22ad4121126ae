import math

import pytest
import torch

from tests.transformer.helpers import assert_exact, assert_identical
from transformer import sequence_loss

TARGET = torch.tensor([[3, 1, 4, 0, 0], [2, 6, 5, 3, 0]])


@pytest.mark.parametrize("smoothing", [0.0, 0.25], ids=["plain", "smoothed"])
@pytest.mark.parametrize("dtype", [torch.int64, torch.int32], ids=str)
def test_is_the_mean_over_the_real_tokens(smoothing: float, dtype: torch.dtype) -> None:
    logits = torch.randn(2, 5, 7, dtype=torch.float64)
    losses = []
    for b in range(2):
        for t in range(5):
            if TARGET[b, t] == 0:
                continue
            e = [math.exp(score) for score in logits[b, t].tolist()]
            surprise = [math.log(sum(e)) - math.log(x) for x in e]
            losses.append((1 - smoothing) * surprise[int(TARGET[b, t])] + smoothing * sum(surprise) / 7)
    assert len(losses) == 7
    loss = sequence_loss(logits, TARGET.to(dtype), pad_id=0, label_smoothing=smoothing)
    assert_exact(loss, torch.tensor(sum(losses) / 7, dtype=torch.float64))


@pytest.mark.parametrize("smoothing", [0.0, 0.25], ids=["plain", "smoothed"])
def test_scores_at_padding_count_for_nothing(smoothing: float) -> None:
    logits = torch.randn(2, 5, 7, dtype=torch.float64, requires_grad=True)
    loss = sequence_loss(logits, TARGET, pad_id=0, label_smoothing=smoothing)
    other = logits.detach().clone()
    other[TARGET == 0] = 1e3
    assert_identical(sequence_loss(other, TARGET, pad_id=0, label_smoothing=smoothing), loss.detach())
    (gradient,) = torch.autograd.grad(loss, logits)
    assert_identical(gradient[TARGET == 0], torch.zeros(3, 7, dtype=torch.float64))
    assert (gradient[TARGET != 0] != 0).all()


def test_padding_is_found_by_the_id_that_is_given() -> None:
    logits = torch.randn(2, 5, 7, dtype=torch.float64)
    swap = torch.tensor([6, 1, 2, 3, 4, 5, 0])
    assert_exact(sequence_loss(logits[..., swap], swap[TARGET], pad_id=6), sequence_loss(logits, TARGET, pad_id=0))
