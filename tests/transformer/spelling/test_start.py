"""The flag ``--start-from`` of the command ``train``, as it is typed."""

import hashlib
import json
from pathlib import Path

import pytest
import torch

from tests.transformer.spelling.helpers import refused, train
from tests.transformer.training.helpers import result_of
from transformer.spelling.commands import main
from transformer.spelling.speller import Speller
from transformer.training import read_log, read_notes, save_weights


def model_of(folder: Path) -> Path:
    return folder / "model.safetensors"


def weights_of(path: Path) -> dict[str, list[float]]:
    return {name: weight.flatten().tolist() for name, weight in Speller.load(path).model.state_dict().items()}


@pytest.fixture
def start(whole: Path) -> str:
    return f"--start-from={model_of(whole)}"


def test_the_run_begins_with_the_weights_of_the_file(dictionary: Path, whole: Path, start: str, tmp_path: Path) -> None:
    still = ("--steps=1", "--warmup-steps=0", "--decay-steps=0", "--learning-rate=1e-30", "--seed=5", "--dropout=0")
    assert main(train(dictionary, tmp_path / "run", start, *still)) == 0
    assert weights_of(model_of(tmp_path / "run")) == weights_of(model_of(whole))
    assert main(train(dictionary, tmp_path / "random", *still)) == 0
    assert weights_of(model_of(tmp_path / "random")) != weights_of(model_of(whole))
    first = [read_log(tmp_path / run / "log.jsonl")[0]["loss"] for run in ("run", "random")]
    assert first[0] < first[1] - 0.1  # it knows something already


def test_a_run_that_goes_on_needs_the_file_no_more(dictionary: Path, start: str, tmp_path: Path) -> None:
    plan = ("--decay-steps=0", "--average=1")
    assert main(train(dictionary, tmp_path / "long", start, *plan, "--steps=10")) == 0
    assert main(train(dictionary, tmp_path / "grown", start, *plan, "--steps=6")) == 0
    assert main(train(dictionary, tmp_path / "grown", "--resume", *plan, "--steps=10")) == 0
    assert result_of(tmp_path / "grown") == result_of(tmp_path / "long")


def test_the_model_tells_where_its_first_weights_come_from(dictionary: Path, whole: Path, start: str, tmp_path: Path) -> None:
    assert main(train(dictionary, tmp_path / "second", start)) == 0
    assert main(train(dictionary, tmp_path / "third", f"--start-from={model_of(tmp_path / 'second')}")) == 0
    third, second, first = (read_notes(model_of(run)) for run in (tmp_path / "third", tmp_path / "second", whole))
    assert json.loads(first["start"]) == {}
    for notes, before, run in ((third, second, tmp_path / "second"), (second, first, whole)):
        told = json.loads(notes["start"])
        assert told.pop("sha256") == hashlib.sha256(model_of(run).read_bytes()).hexdigest()
        assert told == {name: before[name] for name in ("config", "minutes", "settings", "start")}


def test_weights_that_would_mean_something_else_are_refused_in_one_line(
    dictionary: Path, whole: Path, start: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = f"--start-from {model_of(whole)}"
    other = tmp_path / "other.dict"
    other.write_text(dictionary.read_text().replace(" A1", " X1"))
    new = tmp_path / "new"
    for words, problem in (
        (train(dictionary, new, start, "--num-heads=2"), f"{name} has num_heads = 3, and the new model would have 2"),
        (train(dictionary, new, start, "--d-model=12"), f"{name} has d_model = 6, and the new model would have 12"),
        (train(other, new, start), f"{name} has other phones than the dictionary: only one of them has 'A'"),
        (
            train(dictionary, whole, start, "--resume"),
            "--start-from cannot be given with --resume: the run in the folder has weights already",
        ),
    ):
        assert refused(capsys, words, 2) == f"python -m transformer: error: {problem}"
    assert not new.exists()


def test_files_that_are_no_models_are_told_in_one_line(
    dictionary: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone, empty, foreign = (tmp_path / name for name in ("gone", "empty", "foreign"))
    empty.write_bytes(b"")
    save_weights(foreign, {"weight": torch.ones(2)}, {})
    for path, code in ((gone, 1), (empty, 2), (foreign, 2)):
        assert str(path) in refused(capsys, train(dictionary, tmp_path / "new", f"--start-from={path}"), code)
    assert not (tmp_path / "new").exists()
