"""A folder belongs to one run: seen from a second run, here and in another process."""

import errno
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.transformer.helpers import assert_refused
from tests.transformer.training.helpers import ALONE, ROOT, environment, full_disk, make_trainer
from transformer.training.lock import hold_folder

HOLD = """
import sys
from pathlib import Path
import torch
from transformer.training import Process
from transformer.training.lock import hold_folder
with hold_folder(Path(sys.argv[1]), Process(0, 1, torch.device("cpu"))):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_run(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def no_locks(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def flock(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", flock)


def test_a_second_run_is_told_who_holds_the_folder_and_a_kill_frees_it(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    with another_run(tmp_path) as process:
        message = f"{tmp_path} is in use by another run (process {process.pid})"
        assert_refused(trainer.run, ValueError, message)
        assert_refused(make_trainer(tmp_path).run, ValueError, message)  # being refused does not loosen it
        assert not (tmp_path / "log.jsonl").exists()
    trainer.run()
    assert trainer.model_path.exists()


def test_the_folder_is_free_after_a_run_that_failed(tmp_path: Path) -> None:
    with full_disk(5_000), pytest.raises(OSError, match="File too large"):
        make_trainer(tmp_path).run()
    make_trainer(tmp_path).run()


@pytest.mark.parametrize("code", [errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK, errno.EINVAL], ids=errno.errorcode.__getitem__)
def test_where_there_are_no_locks_a_file_keeps_others_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    no_locks(monkeypatch, code)
    with hold_folder(tmp_path, ALONE):
        message = f"{tmp_path} is in use by another run (process {os.getpid()})"
        assert_refused(lambda: hold_folder(tmp_path, ALONE).__enter__(), ValueError, message)
    make_trainer(tmp_path).run()


def test_a_full_disk_that_has_room_for_no_number_keeps_nobody_out(tmp_path: Path) -> None:
    with full_disk(0), hold_folder(tmp_path, ALONE):
        assert_refused(lambda: hold_folder(tmp_path, ALONE).__enter__(), ValueError, f"{tmp_path} is in use by another run")


def test_a_folder_in_place_of_the_lock_is_told(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()
    with pytest.raises(OSError, match="lock"):
        make_trainer(tmp_path).run()


def test_another_error_of_the_system_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_locks(monkeypatch, errno.EIO)
    with pytest.raises(OSError, match="Input/output error"):
        make_trainer(tmp_path).run()
