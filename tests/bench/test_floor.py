import pytest

from . import floor, measure, task
from .ours import Ours


def test_the_floor_multiplies_as_often_as_the_package() -> None:
    measure.check_floor()


def test_a_floor_that_leaves_a_layer_out_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    complete = floor.training_step()
    less = floor.Work(complete.forward[:-3], complete.backward[:-6])
    monkeypatch.setattr(floor, "training_step", lambda: less)
    with pytest.raises(SystemExit, match="the floor of a training step"):
        measure.check_floor()


def test_the_package_learns_the_batch_and_makes_every_token() -> None:
    system, batch = Ours(), task.make_batch()
    measure.check_losses("ours", [system.step(batch) for _ in range(3)])
    measure.check_tokens("ours", Ours().greedy(batch.source, task.LENGTH), task.BATCH, task.LENGTH)
    with pytest.raises(SystemExit, match="did not make 48 tokens"):
        measure.check_tokens("ours", batch.target[:, 1:], task.BATCH, task.LENGTH)
    with pytest.raises(SystemExit, match="did not learn"):
        measure.check_losses("ours", [1.0, float("nan"), 0.5])
