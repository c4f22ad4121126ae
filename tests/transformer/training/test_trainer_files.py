import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

from tests.transformer.helpers import assert_refused
from tests.transformer.training.helpers import (
    CONFIG,
    SETTINGS,
    make_examples,
    make_trainer,
    result_of,
    same_weights,
)
from transformer import Transformer
from transformer.training import Trainer, average_weights, load_weights, read_log, read_notes


def test_leaves_these_files(tmp_path: Path) -> None:
    make_trainer(tmp_path / "a" / "b").run()
    assert result_of(tmp_path / "a" / "b")["files"] == [
        "checkpoint.pt",
        "lock",
        "log.jsonl",
        "model.safetensors",
        "weights/step-0000012.safetensors",
        "weights/step-0000013.safetensors",
    ]


def test_the_log_can_be_plotted(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path, held_out=make_examples(3))
    trainer.run()
    lines = read_log(tmp_path / "log.jsonl")
    assert [line["step"] for line in lines] == [3, 4, 6, 8, 9, 12, 13]
    assert [line["epoch"] for line in lines] == [0, 0, 1, 1, 2, 2, 3]
    rates = [0.01, 0.01, 0.01, 0.01, 0.01, 0.004, 0.002]
    assert [line["learning_rate"] for line in lines] == pytest.approx(rates, rel=1e-12)
    keys = {"step", "epoch", "loss", "learning_rate", "tokens_per_second"}
    for line in lines:
        assert set(line) == keys | ({"held_out_loss"} if line["step"] in (4, 8, 12, 13) else set())
        assert all(isinstance(value, int | float) and value >= 0 for value in line.values())
        assert 0 < line["tokens_per_second"] < 1e7


@pytest.mark.parametrize(("average", "steps"), [(1, [13]), (2, [12, 13]), (9, [4, 8, 12, 13])])
def test_the_final_model_is_the_average_of_the_last_checkpoints(tmp_path: Path, average: int, steps: list[int]) -> None:
    trainer = make_trainer(tmp_path, average=average)
    trainer.notes = {"letters": "abc"}
    trainer.run()
    names = [f"step-{step:07d}.safetensors" for step in steps]
    assert sorted(path.name for path in (tmp_path / "weights").iterdir()) == names
    mean, final = Transformer(CONFIG), Transformer(CONFIG)
    average_weights([tmp_path / "weights" / name for name in names], mean)
    load_weights(trainer.model_path, final)
    assert same_weights(final.state_dict(), {name: weight.half().float() for name, weight in mean.state_dict().items()})
    notes = read_notes(trainer.model_path)
    assert json.loads(notes["config"]) == asdict(CONFIG)
    assert json.loads(notes["settings"]) == asdict(replace(SETTINGS, average=average))
    assert (notes["letters"], notes["minutes"]) == ("abc", "0")


def test_weights_of_another_run_in_the_folder_are_not_averaged(tmp_path: Path) -> None:
    make_trainer(tmp_path / "a").run()
    (tmp_path / "b" / "weights").mkdir(parents=True)
    for step in (5, 99):
        (tmp_path / "b" / "weights" / f"step-{step:07d}.safetensors").write_bytes(b"old")
    make_trainer(tmp_path / "b").run()
    assert result_of(tmp_path / "a") == result_of(tmp_path / "b")


def test_a_loss_that_is_not_finite_ends_the_run_and_the_last_checkpoint_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = make_trainer(tmp_path)
    step = Trainer.train_step

    def spoiled(self: Trainer) -> object:
        if self.step == 6:
            self.model.output_proj.weight.data.fill_(torch.nan)
        return step(self)

    monkeypatch.setattr(Trainer, "train_step", spoiled)
    message = "the loss became nan by step 8: learning_rate may be too high"
    assert_refused(trainer.run, ValueError, message)
    monkeypatch.undo()
    make_trainer(tmp_path).run()
    make_trainer(tmp_path / "b").run()
    assert result_of(tmp_path)["state"] == result_of(tmp_path / "b")["state"]
