"""The command ``train``, as it is typed."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from tests.transformer.spelling.helpers import refused, train
from tests.transformer.training.helpers import ROOT, environment, full_disk, result_of, run_python
from transformer import Transformer, TransformerConfig
from transformer.spelling.commands import main
from transformer.training import load_weights, read_notes


def test_a_run_that_is_killed_and_resumed_ends_in_the_same_bits(dictionary: Path, whole: Path, tmp_path: Path) -> None:
    folder, delay = tmp_path / "run", random.Random(11).uniform(0, 0.05)  # noqa: S311 - no secret
    for life in range(2):
        command = [sys.executable, "-W", "error", "-m", "transformer", *train(dictionary, folder, *["--resume"][:life])]
        with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as run:
            while life < 1 and run.poll() is None:  # until it has written a checkpoint, and a moment more
                if (folder / "checkpoint.pt").exists():
                    time.sleep(delay)
                    run.kill()
                    break
                time.sleep(0.001)
            said = run.communicate()[0].decode()
        assert run.returncode == (-signal.SIGKILL if life < 1 else 0), said
    assert said == f"The model is in {folder / 'model.safetensors'}\n"
    assert result_of(folder) == result_of(whole)


def test_the_model_says_what_it_is(whole: Path) -> None:
    notes = read_notes(whole / "model.safetensors")
    assert (notes["letters"], notes["phones"]) == ('["a", "b", "c", "d", "e", "f"]', '["A", "B", "C", "D", "E", "F"]')
    load_weights(whole / "model.safetensors", Transformer(TransformerConfig(**json.loads(notes["config"]))))


def test_a_full_disk_is_told_in_one_line_and_the_run_goes_on_when_there_is_room(
    dictionary: Path, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    with full_disk(30_000):
        said = refused(capsys, train(dictionary, folder), 1)
    expected = f"[Errno 27] {folder / 'checkpoint.pt'} was not written (File too large); an older file there is untouched"
    assert said == f"python -m transformer: error: {expected}"
    assert not list(folder.rglob("*.tmp"))
    message = f"--folder {folder} holds a run already: add --resume to go on with it"
    assert refused(capsys, train(dictionary, folder), 2) == f"python -m transformer: error: {message}"
    assert main(train(dictionary, folder, "--resume")) == 0
    told = f"--folder {folder} holds no checkpoint yet: the run begins again at step 0, with random weights\n"
    assert capsys.readouterr().err.startswith(told)
    assert result_of(folder) == result_of(whole)


def test_wrong_usage_is_told_in_one_line(
    dictionary: Path, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start, end = "python -m transformer", "(--help tells more)"
    new = train(dictionary, tmp_path / "new")
    assert refused(capsys, ["train"], 2) == f"{start} train: error: the following arguments are required: --folder {end}"
    assert refused(capsys, [*new, "--steps=1e3"], 2) == f"{start} train: error: argument --steps: invalid int value: '1e3' {end}"
    assert refused(capsys, [*new, "--beams=3"], 2) == f"{start}: error: unrecognized arguments: --beams=3 {end}"
    assert refused(capsys, [], 2) == f"{start}: error: the following arguments are required: COMMAND {end}"
    assert refused(capsys, [*new, "--dropout=1"], 2) == f"{start}: error: dropout must be in [0, 1), got 1.0"
    message = f"--folder {tmp_path / 'new'} holds no run to resume"
    assert refused(capsys, [*new, "--resume"], 2) == f"{start}: error: {message}"
    message = f"--folder {whole} holds a run already: add --resume to go on with it"
    assert refused(capsys, train(dictionary, whole), 2) == f"{start}: error: {message}"
    assert not (tmp_path / "new").exists()


def test_files_that_are_missing_or_damaged_are_told_in_one_line(
    dictionary: Path, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    none = tmp_path / "none"
    for words in (train(none, tmp_path / "a"), train(dictionary, tmp_path / "a", f"--config={none}")):
        assert str(none) in refused(capsys, words, 1)
    (tmp_path / "run").mkdir()
    for content in (b"", (whole / "checkpoint.pt").read_bytes()[:-99]):
        (tmp_path / "run" / "checkpoint.pt").write_bytes(content)
        said = refused(capsys, train(dictionary, tmp_path / "run", "--resume"), 2)
        assert said.endswith("checkpoint.pt is damaged or is no checkpoint: its bytes do not fit the checksum at its end")
    other = tmp_path / "other.dict"
    other.write_text(dictionary.read_text().replace("A1 B1", "B1 A1"))
    said = refused(capsys, train(other, whole, "--resume"), 2)
    assert said.endswith("checkpoint.pt was written with other examples, and cannot go on with these")


def test_two_processes_of_torchrun_train_one_model(dictionary: Path, tmp_path: Path) -> None:
    command = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m", "transformer"]
    ran = run_python(*command, *train(dictionary, tmp_path / "run", "--steps=12"))
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == f"The model is in {tmp_path / 'run' / 'model.safetensors'}\n"
    state = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    assert (state["step"], len(state["rng"]["cpu"])) == (12, 2)
