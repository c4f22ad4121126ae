from itertools import pairwise

import pytest
import torch

from transformer.training import TrainingSettings, learning_rate_factor
from transformer.training.schedule import make_schedule

SETTINGS = TrainingSettings(steps=23, warmup_steps=5, decay_steps=7)


def test_rises_stays_and_falls_to_zero() -> None:
    rises = [step / 5 for step in range(1, 6)]
    falls = [step / 7 for step in range(7, -1, -1)]
    assert [learning_rate_factor(step, SETTINGS) for step in range(24)] == [*rises, *[1.0] * 11, *falls]


@pytest.mark.parametrize("warmup", [0, 1, 5, 16], ids="warmup {}".format)
@pytest.mark.parametrize("decay", [0, 1, 7], ids="decay {}".format)
def test_every_step_learns_and_none_at_more_than_the_full_rate(warmup: int, decay: int) -> None:
    settings = TrainingSettings(steps=23, warmup_steps=warmup, decay_steps=decay)
    factors = [learning_rate_factor(step, settings) for step in range(23)]
    assert all(0 < factor <= 1 for factor in factors)
    assert max(factors) == 1
    assert all(a <= b for a, b in pairwise(factors[: 23 - decay]))
    assert all(a >= b for a, b in pairwise(factors[warmup:]))


def test_after_the_last_step_there_is_nothing_left_of_a_rate_that_falls() -> None:
    assert [learning_rate_factor(step, SETTINGS) for step in (23, 24, 99)] == [0, 0, 0]
    steady = TrainingSettings(steps=23, warmup_steps=5, decay_steps=0)
    assert [learning_rate_factor(step, steady) for step in (23, 24, 99)] == [1, 1, 1]


def test_a_schedule_goes_on_from_its_state() -> None:
    def start() -> tuple[torch.optim.SGD, torch.optim.lr_scheduler.LambdaLR]:
        optimizer = torch.optim.SGD([torch.zeros(2, requires_grad=True)], lr=0.5)
        return optimizer, make_schedule(optimizer, SETTINGS)

    optimizer, schedule = start()
    rates, states = [], []
    for _ in range(23):
        rates.append(optimizer.param_groups[0]["lr"])
        states.append((optimizer.state_dict(), schedule.state_dict()))
        optimizer.step()
        schedule.step()
    assert rates == [0.5 * learning_rate_factor(step, SETTINGS) for step in range(23)]
    assert optimizer.param_groups[0]["lr"] == 0
    for first in range(23):
        optimizer, schedule = start()
        optimizer.load_state_dict(states[first][0])
        schedule.load_state_dict(states[first][1])
        again = []
        for _ in range(first, 23):
            again.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        assert again == rates[first:]
