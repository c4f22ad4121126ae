import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.transformer.helpers import assert_refused
from tests.transformer.training.helpers import full_disk, make_examples, make_trainer, result_of
from transformer.training import Trainer, load_checkpoint


class StopError(Exception):
    """The machine is switched off."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("whole")
    make_trainer(folder, held_out=make_examples(3)).run()
    return result_of(folder)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train up to step 10; the last checkpoint is of step 8, in the second epoch."""
    folder = tmp_path_factory.mktemp("stopped")
    trainer = make_trainer(folder, held_out=make_examples(3))
    step = trainer.train_step

    def until_ten() -> tuple[torch.Tensor, int]:
        if trainer.step == 10:
            raise StopError
        return step()

    trainer.train_step = until_ten  # type: ignore[method-assign]
    with pytest.raises(StopError):
        trainer.run()
    return folder


@pytest.fixture
def folder(tmp_path: Path, stopped: Path) -> Path:
    return shutil.copytree(stopped, tmp_path / "run")


def resumed(folder: Path, **settings: Any) -> Trainer:
    torch.manual_seed(99)
    return make_trainer(folder, held_out=make_examples(3), **settings)


def nothing(*_: object) -> None:
    pass


# What each part of a checkpoint is good for: a run that goes on without it ends elsewhere. So the test of kills would notice.
FORGET: dict[str, Callable[[pytest.MonkeyPatch, Trainer], None]] = {
    "rng": lambda patch, _: patch.setattr(torch, "set_rng_state", nothing),
    "model": lambda patch, trainer: patch.setattr(trainer.model, "load_state_dict", nothing),
}
# What does not fit the step is missed when the next checkpoint is written.
MISSED: dict[str, tuple[Callable[[pytest.MonkeyPatch, Trainer], None], str]] = {
    "data": (
        lambda patch, trainer: patch.setattr(trainer.batches, "load_state_dict", nothing),
        "data.epoch must be 2 at step 12, got 0",
    ),
    "optimizer": (
        lambda patch, trainer: patch.setattr(trainer.optimizer, "load_state_dict", nothing),
        "optimizer.state.0.step must be 12 at step 12, got 4.0",
    ),
    "schedule": (
        lambda patch, trainer: patch.setattr(type(trainer.schedule), "load_state_dict", nothing),
        "schedule.last_epoch must be 12 at step 12, got 4",
    ),
}


def test_goes_on_to_the_same_bits(folder: Path, whole: dict[str, Any]) -> None:
    resumed(folder).run()
    assert result_of(folder) == whole


@pytest.mark.parametrize("part", FORGET)
def test_a_run_that_forgets_a_part_ends_in_other_weights(
    folder: Path, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    trainer = resumed(folder)
    with monkeypatch.context() as patch:
        FORGET[part](patch, trainer)
        trainer.run()
    assert result_of(folder)["model"] != whole["model"]


@pytest.mark.parametrize("part", MISSED)
def test_a_state_that_could_not_be_resumed_is_not_written(folder: Path, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    before = (folder / "checkpoint.pt").read_bytes()
    trainer = resumed(folder)
    forget, message = MISSED[part]
    with monkeypatch.context() as patch:
        forget(patch, trainer)
        assert_refused(trainer.run, ValueError, f"{folder / 'checkpoint.pt'}: {message}")
    assert (folder / "checkpoint.pt").read_bytes() == before


def test_a_run_goes_on_with_another_log_every_to_the_same_weights(folder: Path, whole: dict[str, Any]) -> None:
    resumed(folder, log_every=1).run()
    result = result_of(folder)
    assert {part: result[part] for part in ("state", "place")} == {part: whole[part] for part in ("state", "place")}


def test_a_run_that_is_over_writes_its_model_again(folder: Path, whole: dict[str, Any]) -> None:
    resumed(folder).run()
    (folder / "model.safetensors").unlink()
    resumed(folder).run()
    assert result_of(folder) == whole


def test_a_run_that_grows_ends_as_one_that_was_meant_to_be_so_long(tmp_path: Path) -> None:
    for steps in (8, 13):
        make_trainer(tmp_path / "grown", steps=steps, decay_steps=0).run()
    make_trainer(tmp_path / "planned", steps=13, decay_steps=0).run()
    assert result_of(tmp_path / "grown") == result_of(tmp_path / "planned")


@pytest.mark.parametrize(
    ("room", "name"), [(30_000, "checkpoint.pt"), (5_000, "weights/step-0000012.safetensors"), (500, "log.jsonl")]
)
def test_a_full_disk_stops_the_run_and_costs_nothing(folder: Path, whole: dict[str, Any], room: int, name: str) -> None:
    before = (folder / "checkpoint.pt").read_bytes()
    with full_disk(room), pytest.raises(OSError, match="File too large") as caught:
        resumed(folder).run()
    assert str(caught.value).startswith(f"[Errno 27] {folder / name} was not written (File too large)")
    assert (folder / "checkpoint.pt").read_bytes() == before
    assert load_checkpoint(folder / "checkpoint.pt", limit=10**6)["step"] == 8
    assert not list(folder.rglob("*.tmp"))
    resumed(folder).run()
    assert result_of(folder) == whole


def test_weights_that_the_average_will_need_are_missed_at_once(folder: Path) -> None:
    gone = folder / "weights" / "step-0000008.safetensors"
    gone.unlink()
    trainer = resumed(folder, average=3)
    assert_refused(trainer.run, ValueError, f"{folder / 'checkpoint.pt'} was written with average = 2, and cannot go on with 3")
    resumed(folder).run()  # the last two, of steps 12 and 13, are still to come


def test_weights_that_are_gone_are_told_before_a_step_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_trainer(tmp_path).run()
    gone = tmp_path / "weights" / "step-0000012.safetensors"
    gone.unlink()
    message = f"{gone} is gone, and the average in the end needs it"
    assert_refused(make_trainer(tmp_path).run, FileNotFoundError, message)
    longer = make_trainer(tmp_path, steps=14)
    monkeypatch.setattr(longer, "train_step", lambda: pytest.fail("a step was made"))
    assert_refused(longer.run, FileNotFoundError, message)
