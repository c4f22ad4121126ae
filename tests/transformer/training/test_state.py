from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.transformer.helpers import assert_refused
from tests.transformer.training.helpers import CONFIG, SETTINGS, make_trainer, same_weights, weights_of
from transformer.training import Trainer, load_checkpoint, save_checkpoint
from transformer.training.state import MAY_CHANGE, check_like

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    trainer = make_trainer(tmp_path_factory.mktemp("run"))
    for _ in range(6):
        trainer.train_step()
    return trainer.state_dict()


def everything(trainer: Trainer) -> tuple[Any, ...]:
    generator = torch.get_rng_state()
    moments = deepcopy(trainer.optimizer.state_dict())
    state = {**trainer.state_dict(), "model": None, "optimizer": None, "rng": None}
    return weights_of(trainer), generator, moments, deepcopy(state)


def assert_unchanged(trainer: Trainer, before: tuple[Any, ...]) -> None:
    after = everything(trainer)
    assert same_weights(after[0], before[0])
    assert torch.equal(after[1], before[1])
    assert str(after[2:]) == str(before[2:])  # tiny: nothing is left out of the text


def put(value: object, *keys: Any) -> Change:
    def change(state: dict[str, Any]) -> None:
        for key in keys[:-1]:
            state = state[key]
        state[keys[-1]] = value

    return change


def drop(*keys: Any) -> Change:
    def change(state: dict[str, Any]) -> None:
        for key in keys[:-1]:
            state = state[key]
        del state[keys[-1]]

    return change


NAN = torch.full((9, 6), torch.nan)
MOMENT = ("optimizer", "state", 0, "exp_avg")
SCHEDULE = ("schedule", "last_epoch")
REFUSED: dict[str, tuple[Change, str]] = {
    "another model": (put(8, "config", "d_model"), " was written with d_model = 8, and cannot go on with 6"),
    "another rate": (put(0.5, "settings", "learning_rate"), " was written with learning_rate = 0.5, and cannot go on with 0.01"),
    "more steps": (put(14, "settings", "steps"), " was written with steps = 14, and cannot go on with 13"),
    "a setting less": (drop("settings", "seed"), " lacks settings.seed"),
    "a setting more": (put(1, "settings", "beams"), " has the unknown part settings.beams"),
    "a tensor as a setting": (put(torch.ones(2), "settings", "steps"), ": settings.steps must be of type int, got Tensor"),
    "a weight less": (drop("model", "output_proj.weight"), " lacks model.output_proj.weight"),
    "a weight more": (put(torch.ones(2), "model", "a"), " has the unknown part model.a"),
    "a weight of words": (put("a", "model", "output_proj.weight"), ": model.output_proj.weight must be of type Tensor, got str"),
    "a weight of another shape": (
        put(torch.ones(6, 9), "model", "output_proj.weight"),
        ": model.output_proj.weight must have shape torch.Size([9, 6]), got torch.Size([6, 9])",
    ),
    "a weight of another dtype": (
        put(torch.ones(9, 6).double(), "model", "output_proj.weight"),
        ": model.output_proj.weight must have dtype torch.float32, got torch.float64",
    ),
    "a sparse weight": (
        put(torch.ones(9, 6).to_sparse(), "model", "output_proj.weight"),
        ": model.output_proj.weight must have layout torch.strided, got torch.sparse_coo",
    ),
    "a weight without numbers": (
        put(torch.ones(9, 6, device="meta"), "model", "output_proj.weight"),
        ": model.output_proj.weight must have is_meta False, got True",
    ),
    "a huge weight in a small file": (
        put(torch.ones(1).expand(10**12), "model", "output_proj.weight"),
        ": model.output_proj.weight must have shape torch.Size([9, 6]), got torch.Size([1000000000000])",
    ),
    "a weight that is not a number": (
        put(NAN, "model", "output_proj.weight"),
        ": model.output_proj.weight must be finite, got 54 numbers that are not",
    ),
    "a moment less": (drop(*MOMENT), " lacks optimizer.state.0.exp_avg"),
    "no moments": (put({}, "optimizer", "state"), " lacks optimizer.state.0"),
    "a moment that is not a number": (
        put(NAN, *MOMENT),
        f": {'.'.join(map(str, MOMENT))} must be finite, got 54 numbers that are not",
    ),
    "moments of another step": (
        put(torch.tensor(5.0), "optimizer", "state", 0, "step"),
        ": optimizer.state.0.step must be 6 at step 6, got 5.0",
    ),
    "a rate that is not a number": (
        put(float("nan"), "optimizer", "param_groups", 1, "lr"),
        ": optimizer.param_groups.1.lr must be finite, got nan",
    ),
    "a group less": (drop("optimizer", "param_groups", 1), ": optimizer.param_groups must have 2 entries, got 1"),
    "a fresh schedule": (put(0, *SCHEDULE), ": schedule.last_epoch must be 6 at step 6, got 0"),
    "a schedule with more": (put(1, "schedule", "optimizer"), " has the unknown part schedule.optimizer"),
    "the start of the data": (put(0, "data", "position"), ": data.position must be 2 at step 6, got 0"),
    "another epoch": (put(0, "data", "epoch"), ": data.epoch must be 1 at step 6, got 0"),
    "an epoch of another type": (put(1.0, "data", "epoch"), ": data.epoch must be of type int, got float"),
    "notes of numbers": (put({"seed": 1}, "notes"), " has the unknown part notes.seed"),
    "other examples": (put(1, "data", "examples"), " was written with other examples, and cannot go on with these"),
    "two processes": (put([torch.get_rng_state()] * 2, "rng", "cpu"), " was written by 2 processes, and cannot go on with 1"),
    "no generator": (drop("rng", "cpu"), " lacks rng.cpu"),
    "a generator of words": (put("a", "rng", "cpu"), ": rng.cpu must be of type list, got str"),
    "a generator of zeros": (
        put([torch.zeros_like(torch.get_rng_state())], "rng", "cpu"),
        ": rng.cpu.0 must be the state of a generator of random numbers, got none",
    ),
    "a step of the past": (put(-1, "step"), ": step must be in [1, 13], got -1"),
    "a step after the end": (put(14, "step"), ": step must be in [1, 13], got 14"),
    "another step": (put(7, "step"), ": schedule.last_epoch must be 7 at step 7, got 6"),
    "endless seconds": (put(float("inf"), "seconds"), ": seconds must be finite, got inf"),
}


@pytest.mark.parametrize("problem", REFUSED)
def test_is_refused_and_nothing_of_it_is_taken(tmp_path: Path, written: dict[str, Any], problem: str) -> None:
    change, message = REFUSED[problem]
    state = deepcopy(written)
    change(state)
    trainer = make_trainer(tmp_path)
    save_checkpoint(trainer.checkpoint_path, state)
    loaded = load_checkpoint(trainer.checkpoint_path, limit=10**6)
    before = everything(trainer)
    assert_refused(lambda: trainer.load_state_dict(loaded), ValueError, f"{trainer.checkpoint_path}{message}")
    assert_unchanged(trainer, before)
    assert_refused(trainer.run, ValueError, f"{trainer.checkpoint_path}{message}")
    assert not (tmp_path / "log.jsonl").exists()


def test_is_taken_if_it_fits(tmp_path: Path, written: dict[str, Any]) -> None:
    trainer = make_trainer(tmp_path)
    torch.manual_seed(99)
    trainer.load_state_dict(deepcopy(written))
    assert str(trainer.state_dict()) == str(written)
    assert torch.equal(torch.get_rng_state(), written["rng"]["cpu"][0])


def test_every_setting_and_every_choice_of_the_model_is_compared(tmp_path: Path, written: dict[str, Any]) -> None:
    for part, choices in (("config", CONFIG), ("settings", SETTINGS)):
        for field, value in asdict(choices).items():
            if field in MAY_CHANGE:
                continue
            other = not value if isinstance(value, bool) else value + 1
            message = f"{tmp_path / 'checkpoint.pt'} was written with {field} = {other!r}, and cannot go on with {value!r}"
            state = {**written, part: {**written[part], field: other}}
            assert_refused(partial(make_trainer(tmp_path).load_state_dict, state), ValueError, message)


def test_a_run_may_grow(tmp_path: Path, written: dict[str, Any]) -> None:
    written = {**written, "settings": {**written["settings"], "decay_steps": 10}}
    shorter = make_trainer(tmp_path, decay_steps=10)
    shorter.load_state_dict(deepcopy(written))
    assert [group["lr"] for group in shorter.optimizer.param_groups] == pytest.approx([0.007, 0.007])
    longer = make_trainer(tmp_path, steps=20, decay_steps=10)
    longer.load_state_dict(written)
    assert (longer.step, longer.settings.steps) == (6, 20)
    assert [group["lr"] for group in longer.optimizer.param_groups] == [0.01, 0.01]  # it falls only later
    message = f"{longer.checkpoint_path} was written with steps = 13, and cannot go on with 12"
    assert_refused(lambda: make_trainer(tmp_path, steps=12, warmup_steps=2).load_state_dict(written), ValueError, message)


def test_looks_into_lists_and_tuples() -> None:
    example = {"a": [(1, 2.0, None), torch.ones(2, dtype=torch.bool)]}
    check_like(Path("f"), "x", deepcopy(example), example)
    wrong = {"a": [(1, float("-inf"), None), torch.ones(2, dtype=torch.bool)]}
    assert_refused(lambda: check_like(Path("f"), "x", wrong, example), ValueError, "f: x.a.0.1 must be finite, got -inf")
    for value, got in ((True, "bool"), (1.0, "float")):
        wrong = {"a": [(value, 2.0, None), torch.ones(2, dtype=torch.bool)]}
        message = f"f: x.a.0.0 must be of type int, got {got}"
        assert_refused(partial(check_like, Path("f"), "x", wrong, example), ValueError, message)
