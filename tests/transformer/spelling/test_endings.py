"""How the commands end: one line and a status, whatever ends them."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from tests.transformer.spelling.helpers import refused, train
from tests.transformer.training.helpers import ROOT, environment, result_of
from transformer.spelling.commands import main
from transformer.spelling.endings import LONGEST, describe, one_line
from transformer.spelling.speller import PRETRAINED, Speller
from transformer.training import Trainer

START = "python -m transformer"


@pytest.mark.parametrize(("kind", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_is_told_with_the_step_and_how_to_go_on(
    dictionary: Path,
    whole: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    kind: signal.Signals,
    status: int,
) -> None:
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    step = Trainer.train_step

    def until_seven(self: Trainer) -> tuple[torch.Tensor, int]:
        if self.step == 7:
            os.kill(os.getpid(), kind)
        return step(self)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "train_step", until_seven)
        said = refused(capsys, train(dictionary, tmp_path / "run"), status)
    assert said == f"{START}: stopped at step 7; --resume goes on from step 6"
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == handlers
    assert main(train(dictionary, tmp_path / "run", "--resume")) == 0
    assert result_of(tmp_path / "run") == result_of(whole)


# The 9th sync comes before the checkpoint of step 4 has its name, the 10th after.
@pytest.mark.parametrize(("moment", "saved"), [(9, 2), (10, 4)])
def test_a_signal_while_a_checkpoint_is_written_costs_nothing(
    dictionary: Path,
    whole: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    moment: int,
    saved: int,
) -> None:
    sync, count = os.fsync, 0

    def interrupted(descriptor: int) -> None:
        nonlocal count
        count += 1
        if count == moment:
            os.kill(os.getpid(), signal.SIGINT)
        sync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupted)
        said = refused(capsys, train(dictionary, tmp_path / "run"), 130)
    assert said == f"{START}: stopped at step 4; --resume goes on from step {saved}"
    assert not list((tmp_path / "run").rglob("*.tmp"))
    assert main(train(dictionary, tmp_path / "run", "--resume")) == 0
    assert result_of(tmp_path / "run") == result_of(whole)


def test_before_the_first_checkpoint_the_run_begins_again(
    dictionary: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Trainer, "train_step", lambda _: os.kill(os.getpid(), signal.SIGTERM))
    said = refused(capsys, train(dictionary, tmp_path / "run"), 143)
    assert said == f"{START}: stopped at step 0; --resume goes on from step 0"


def test_a_signal_in_another_command_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Speller, "suggest", lambda *_, **__: os.kill(os.getpid(), signal.SIGINT))
    assert refused(capsys, ["say", "cat"], 130) == f"{START}: stopped"


def test_a_signal_that_is_ignored_stays_ignored(dictionary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as under nohup
    step = Trainer.train_step

    def hung_up(self: Trainer) -> tuple[torch.Tensor, int]:
        os.kill(os.getpid(), signal.SIGHUP)
        return step(self)

    monkeypatch.setattr(Trainer, "train_step", hung_up)
    try:
        assert main(train(dictionary, tmp_path / "run")) == 0
    finally:
        signal.signal(signal.SIGHUP, before)


@contextmanager
def little_memory() -> Iterator[None]:
    """Let the system refuse more than a gigabyte, where it would fill the machine's memory before."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + 2**30, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@pytest.mark.parametrize("what", ["--beam-size=100000000000", "--beam-size=10000000"])
def test_no_memory_is_told(capsys: pytest.CaptureFixture[str], what: str) -> None:
    with little_memory():
        said = refused(capsys, ["say", "cat", what], 3)
    assert said == f"{START}: error: there is not enough memory for what was asked"


def test_no_memory_for_the_model_is_told(dictionary: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with little_memory():
        said = refused(capsys, train(dictionary, tmp_path / "run", "--d-model=3000000000"), 3)
    assert said == f"{START}: error: there is not enough memory for what was asked"
    assert not (tmp_path / "run").exists()


def test_a_number_that_no_machine_has_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, ["say", "cat", f"--beam-size={10**30}"], 2)
    assert said == f"{START}: error: a number is too large for this machine"


def test_a_mistake_in_the_program_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    monkeypatch.setattr(Speller, "suggest", broken)
    with pytest.raises(RuntimeError, match="mat1"):
        main(["say", "cat"])
    assert describe(RuntimeError("CUDA error")) is None


@pytest.mark.parametrize("sink", ["/dev/full", "closed"])
def test_an_output_that_cannot_be_written_is_told_in_one_line(sink: str) -> None:
    if sink == "closed":
        reading, writing = os.pipe()
        os.close(reading)
    else:
        writing = os.open(sink, os.O_WRONLY)
    command = [sys.executable, "-m", "transformer", "say", "cat"]
    buffered = environment() | {"PYTHONUNBUFFERED": ""}  # so that something is left to be written at the very end
    ran = subprocess.run(command, cwd=ROOT, env=buffered, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=300)
    os.close(writing)
    expected = {
        "closed": (141, "the output was closed before its end"),
        "/dev/full": (1, "[Errno 28] No space left on device"),
    }
    assert (ran.returncode, ran.stderr) == (expected[sink][0], f"{START}: error: {expected[sink][1]}\n")


@pytest.mark.parametrize("flag", ["--model", "--dictionary", "--check", "--config", "--start-from", "--folder"])
def test_a_folder_in_place_of_a_file_and_the_other_way_are_told_with_path_and_reason(
    flag: str, dictionary: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    words = {
        "--model": ["say", "cat", f"--model={tmp_path}"],
        "--dictionary": train(tmp_path, tmp_path / "run"),
        "--check": ["evaluate", f"--check={tmp_path}"],
        "--config": train(dictionary, tmp_path / "run", f"--config={tmp_path}"),
        "--start-from": train(dictionary, tmp_path / "run", f"--start-from={tmp_path}"),
        "--folder": train(dictionary, tmp_path / "file"),
    }[flag]
    reason = f"[Errno 21] Is a directory: '{tmp_path}'"
    if flag == "--folder":
        reason = f"--folder {tmp_path / 'file'} is a file, and a folder is expected"
    assert refused(capsys, words, 1) == f"{START}: error: {reason}"
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("content", [b"\xff\xfe", b"{", b"[" * 100_000, b'"a"', b'{"words": 1}'], ids=lambda b: ascii(b[:9]))
def test_a_record_that_is_none_is_told_with_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    (tmp_path / "bad.json").write_bytes(content)
    said = refused(capsys, ["evaluate", f"--check={tmp_path / 'bad.json'}"], 2)
    assert said.startswith(f"{START}: error: {tmp_path / 'bad.json'} is no record of an evaluation (")


def test_a_word_that_is_too_long_is_told_with_its_line_and_the_flag(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for entry, what in (
        ("abcdefabcdef A", "12 letters, and --max-length 11 allows 11"),
        ("zz" + " A" * 11, "11 phones, and --max-length 11 allows 10"),
    ):
        path = tmp_path / "long.dict"
        path.write_text(";;; header\n" + "".join(f"{entry if line == 4 else 'a' * line + ' A'}\n" for line in range(1, 9)))
        said = refused(capsys, train(path, tmp_path / "run"), 2)
        assert said == f"{START}: error: {path}, line 5: {entry.split()[0]!r} has {what}"
    assert not (tmp_path / "run").exists()


def test_what_is_long_or_has_many_lines_is_quoted_in_one(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["say", "a\n" * 9_999], ["say", "cat", f"--n-best={'9' * 5_000}"], ["say", "cat", f"--model={'m' * 9_999}"]):
        try:
            status: object = main(words)
        except SystemExit as end:
            status = end.code
        told = capsys.readouterr().err
        assert status in (1, 2)
        assert told.count("\n") == 1
        assert len(told) < LONGEST + 99
    assert one_line("é\u202e\t") == r"é\u202e\t"


def test_no_argument_is_changed_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    message = f"{START}: error: --n-best 4 needs a --beam-size of at least 4, got 3"
    assert refused(capsys, ["say", "cat", "--n-best=4", "--beam-size=3"], 2) == message
    assert main(["say", "Cat"]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("cat  K AE T\n", "'Cat' is read as 'cat'\n")
    assert main(["say", "cat", "--n-best=6"]) == 0
    assert capsys.readouterr().out.count("\n") == 6


@pytest.mark.parametrize("flag", ["--folder", "--dictionary", "--config", "--start-from"])
def test_an_empty_path_is_refused(flag: str, dictionary: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = train(dictionary, tmp_path, f"{flag}=")
    assert refused(capsys, words, 2) == f"{START} train: error: argument {flag}: a path is expected, got '' (--help tells more)"


def test_a_folder_with_a_model_and_no_checkpoint_is_left_alone(
    dictionary: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "model.safetensors").write_bytes(PRETRAINED.read_bytes())
    for more in ((), ("--resume",)):
        said = refused(capsys, train(dictionary, tmp_path, *more), 2)
        problem = "holds model.safetensors and no checkpoint.pt: a run there would write over it"
        assert said == f"{START}: error: --folder {tmp_path} {problem}"
