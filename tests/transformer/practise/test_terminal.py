"""``python -m transformer practise`` in a real terminal: what a reader types, saves and deletes, and what is said about it."""

import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from transformer.practise.tasks import solution
from transformer.teaching.exercises import WHOLE

ROOT = Path(__file__).parents[3]
ATTENTION = WHOLE[0]
RIGHT = f"import math\n{solution(ATTENTION)}"
NO_END = "def attention(query, key, value, mask):\n    raise SystemExit(3)\n"
ANSWERS = {
    "not written": ("def attend():\n    pass\n", "the file has no function attention"),
    "other parameters": ("def attention(q):\n    return q\n", "it must be written attention"),
    "no return": ("def attention(query, key, value, mask):\n    query @ key.mT\n", "is there a return"),
    "no rescue of empty rows": (RIGHT.replace(".masked_fill(~mask.any(-1, keepdim=True), 0.0)", ""), "has no softmax"),
    "no scale": (RIGHT.replace(" / math.sqrt(query.shape[-1])", ""), "divided by the root of d_k"),
    "syntax": ("def attention(query key):\n", "it is no Python: line 1"),
    "null byte": ("a = '\0'\n", "it is no Python"),
    "import": ("import no_such_module\n", "No module named 'no_such_module'"),
    "no function": ("attention = 5\n", "must be the function"),
    "exit": (NO_END, "ended the program that checks it"),
}


def start(folder: Path, *words: str) -> "pexpect.spawn[str]":
    """Start the program in a terminal of 100 columns."""
    command = ["-m", "transformer", "practise", *words]
    variables = {"PYTHONPATH": str(ROOT), "TERM": "dumb", "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"}
    return pexpect.spawn(sys.executable, command, cwd=folder, env=variables, encoding="utf-8", timeout=60, dimensions=(50, 100))


@pytest.fixture
def program(tmp_path: Path) -> Iterator["pexpect.spawn[str]"]:
    program = start(tmp_path)
    program.expect("attention --solution")
    yield program
    program.close(force=True)


def test_a_wrong_answer_is_told_at_every_save(program: "pexpect.spawn[str]", tmp_path: Path) -> None:
    for text, told in ANSWERS.values():
        (tmp_path / "practice" / "attention.py").write_text(text, encoding="utf-8")
        program.expect("attention is not right yet")
        program.expect(r"\s+".join(map(re.escape, told.split())))
    assert program.isalive()


def test_a_right_answer_is_kept_and_the_next_task_begins(program: "pexpect.spawn[str]", tmp_path: Path) -> None:
    (tmp_path / "practice" / "attention.py").write_text(RIGHT, encoding="utf-8")
    program.expect("attention is right on all 5 inputs")
    program.expect(f"1 of {len(WHOLE)} are right. The next task:")
    program.expect(r"multi_head_attention\(")
    program.expect("multi_head_attention --solution")
    assert (tmp_path / "practice" / "multi_head_attention.py").exists()
    program.sendintr()
    program.expect(f"stopped with 1 of {len(WHOLE)} tasks right")
    program.expect(pexpect.EOF)
    program.close()
    assert program.exitstatus == 128 + signal.SIGINT
    again = start(tmp_path, "--list")
    again.expect("✓ +attention")
    again.expect(f"1 of {len(WHOLE)} are right")
    again.close(force=True)


def test_a_save_without_a_change_is_told(program: "pexpect.spawn[str]", tmp_path: Path) -> None:
    (tmp_path / "practice" / "attention.py").touch()
    program.expect(r"is as it was written: put your answer in place of its last\s+line")


def test_a_deleted_file_is_told_and_may_come_back(program: "pexpect.spawn[str]", tmp_path: Path) -> None:
    file = tmp_path / "practice" / "attention.py"
    file.unlink()
    program.expect("is gone. Save it again")
    file.write_text(RIGHT, encoding="utf-8")
    program.expect("is right on all")


def test_an_answer_that_is_there_is_looked_at_and_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "practice").mkdir()
    file = tmp_path / "practice" / "layer_norm.py"
    file.write_text("def layer_norm(x, weight, bias, eps):\n    return x\n", encoding="utf-8")
    program = start(tmp_path, "layer_norm")
    program.expect("layer_norm is not right yet")
    program.close(force=True)
    assert "return x" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("attentoin",), "invalid choice: 'attentoin'"),
        (("--solution",), "--solution needs the name of a task"),
        (("--folder", "file"), "--folder file is a file, and a folder is expected"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    program = start(tmp_path, *words)
    program.expect(pexpect.EOF)
    assert told in " ".join((program.before or "").split())
    program.close()
    assert program.exitstatus in (1, 2)
