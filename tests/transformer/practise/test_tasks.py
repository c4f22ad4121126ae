"""The files of the tasks: what a reader begins with, what is kept, and what an answer may do to the program that checks it."""

import signal
from argparse import Namespace
from io import StringIO
from pathlib import Path
from unittest.mock import Mock

import pytest
from rich.console import Console

from transformer.practise.answer import look_at
from transformer.practise.command import run_practise
from transformer.practise.tasks import Tasks, solution, stub
from transformer.practise.terminal import Terminal
from transformer.spelling.endings import StoppedError
from transformer.teaching.exercises import WHOLE, Exercise

each_task = pytest.mark.parametrize("task", WHOLE, ids=lambda task: task.name)


@each_task
def test_a_solution_is_right_in_a_task_s_file(task: Exercise, tmp_path: Path) -> None:
    file = Tasks(tmp_path).path(task)
    file.write_text(stub(task).partition(f"def {task.name}")[0] + solution(task), encoding="utf-8")
    assert look_at(task, file), solution(task)


@each_task
def test_a_stub_is_python_and_not_right_yet(task: Exercise, tmp_path: Path) -> None:
    tasks = Tasks(tmp_path)
    assert tasks.write(task)
    assert tasks.untouched(task)
    assert not tasks.write(task)
    assert "NotImplementedError" in look_at(task, tasks.path(task)).problem
    assert task.signature in stub(task)


def test_a_stranger_is_told_what_to_do(tmp_path: Path) -> None:
    written = StringIO()
    Terminal(Tasks(tmp_path), Console(file=written, width=1000)).begin(WHOLE[1])
    told = written.getvalue()
    assert f"Open {tmp_path / 'multi_head_attention.py'} in an editor, write the function and save." in told
    assert "Each save is checked here. Ctrl-C ends." in told
    assert "A common mistake gets a hint." in told
    assert "  python -m transformer practise multi_head_attention --solution\n" in told
    assert "not right yet" not in told


def test_a_save_that_changed_nothing_is_told(tmp_path: Path) -> None:
    written = StringIO()
    tasks = Tasks(tmp_path)
    tasks.write(WHOLE[0])
    Terminal(tasks, Console(file=written, width=1000)).report(WHOLE[0])
    assert written.getvalue() == f"{tasks.path(WHOLE[0])} is as it was written: put your answer in place of its last line.\n"


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), StoppedError(signal.SIGTERM)], ids=["the watcher", "the signal"])
def test_whoever_sees_the_end_first_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: KeyboardInterrupt) -> None:
    monkeypatch.setattr(Terminal, "watch", Mock(side_effect=stop))
    asked = Namespace(folder=tmp_path, task="attention", list=False, solution=False)
    with pytest.raises(StoppedError, match=rf"^stopped with 0 of {len(WHOLE)} tasks right; the same command goes on$") as caught:
        run_practise(asked)
    assert caught.value.status == getattr(stop, "status", 130)


def test_what_does_not_end_is_ended(tmp_path: Path) -> None:
    file = tmp_path / "attention.py"
    file.write_text("def attention(query, key, value, mask):\n    while True:\n        pass\n", encoding="utf-8")
    assert "did not end within 3 seconds" in look_at(WHOLE[0], file, seconds=3).problem


def test_progress_is_kept_in_the_folder(tmp_path: Path) -> None:
    tasks = Tasks(tmp_path)
    assert tasks.first() is WHOLE[0]
    for task in WHOLE:
        tasks.mark(task)
    assert Tasks(tmp_path).right() == {task.name for task in WHOLE}
    assert Tasks(tmp_path).first() is None


@pytest.mark.parametrize("damaged", ["", "{", "5"])
def test_damaged_progress_is_refused(tmp_path: Path, damaged: str) -> None:
    (tmp_path / "right.json").write_text(damaged, encoding="utf-8")
    with pytest.raises(ValueError, match=r"right\.json is damaged: remove it"):
        Tasks(tmp_path).right()
