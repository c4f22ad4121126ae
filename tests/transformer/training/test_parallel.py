from pathlib import Path
from typing import Any

import pytest
import torch

from tests.transformer.training.helpers import ALONE, make_examples, make_trainer, result_of, run_python
from transformer.training import Batches, Process, join_processes, read_log


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("processes")
    ran = run_python("tests/transformer/training/processes.py", str(folder))
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) >= 2  # kills
    return folder


def state_of(folder: Path) -> dict[str, Any]:
    state: dict[str, Any] = torch.load(folder / "checkpoint.pt", weights_only=True)
    return state


def test_shares_of_a_batch_differ_in_tokens() -> None:
    examples, batches = make_examples(), Batches(make_examples(), 5, seed=0)
    batch = [batches.next() for _ in range(len(batches))]
    shares = [rows[rank::2] for rows in batch for rank in (0, 1)]
    tokens = [sum(len(examples[row][1]) + 1 for row in rows) for rows in shares]
    assert sum(first != second for first, second in zip(tokens[::2], tokens[1::2], strict=True)) >= 2


# In float64 rounding is too small to hide a wrong weight of a share; float32 is what is used.
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float64, 1e-9)], ids=str)
def test_two_processes_draw_the_same_curve_as_one(folder: Path, dtype: torch.dtype, tolerance: float) -> None:
    alone, two = (read_log(folder / str(dtype) / name / "0" / "log.jsonl") for name in ("alone", "two"))
    for key in ("step", "epoch", "learning_rate"):
        assert [line[key] for line in two] == [line[key] for line in alone]
    for key in ("loss", "held_out_loss"):
        losses = [line[key] for line in alone if key in line]
        assert [line[key] for line in two if key in line] == pytest.approx(losses, rel=tolerance)
        assert len(losses) == (7 if key == "loss" else 4)


def test_two_processes_learn_the_same_weights_and_moments_as_one(folder: Path) -> None:
    alone, two = (state_of(folder / "torch.float64" / name / "0") for name in ("alone", "two"))
    torch.testing.assert_close(two["model"], alone["model"], atol=1e-9, rtol=0)
    torch.testing.assert_close(two["optimizer"]["state"], alone["optimizer"]["state"], atol=1e-9, rtol=1e-9)
    assert two["data"] == alone["data"]
    assert [len(state["rng"]["cpu"]) for state in (alone, two)] == [1, 2]


def test_only_the_first_process_writes(folder: Path) -> None:
    for dtype in ("torch.float32", "torch.float64"):
        assert result_of(folder / dtype / "two" / "0")["files"] == result_of(folder / dtype / "alone" / "0")["files"]
        assert [path.name for path in (folder / dtype / "two" / "1").rglob("*")] == ["weights"]


def test_two_processes_that_are_killed_and_resumed_end_in_the_same_bits(folder: Path) -> None:
    assert result_of(folder / "killed") == result_of(folder / "whole")


def test_each_process_begins_with_a_seed_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trainers = [make_trainer(tmp_path, process=Process(rank, 1, ALONE.device), seed=7) for rank in (0, 1, 2)]
    seeds: list[int] = []
    monkeypatch.setattr(torch, "manual_seed", seeds.append)
    for trainer in trainers:
        trainer.step = trainer.settings.steps  # nothing is left to do
        monkeypatch.setattr(trainer, "_write_model", lambda: None)
        monkeypatch.setattr(trainer.snapshots, "check", lambda *_: None)
        trainer.run()
    assert seeds == [7, 8, 9]


def test_a_program_by_itself_is_one_process() -> None:
    with join_processes() as process:
        assert process == ALONE
        process.wait()
        assert process.total(torch.tensor(3.0)) == 3
        assert process.gather(torch.tensor(3.0)) == [torch.tensor(3.0)]


def test_one_process_that_torchrun_started_needs_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "1")
    monkeypatch.setenv("RANK", "0")
    with join_processes() as process:
        assert process == Process(0, 1, torch.device("cpu"))
        assert not torch.distributed.is_initialized()
