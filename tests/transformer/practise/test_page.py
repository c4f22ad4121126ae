"""The page on the command line lists what ``practise`` says, word for word: each row is said here, and nothing else is."""

import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from io import StringIO
from pathlib import Path
from unittest.mock import Mock

import pytest
from rich.console import Console

from transformer.__main__ import MORE
from transformer.practise.answer import look_at
from transformer.practise.tasks import Tasks, solution
from transformer.practise.terminal import Terminal
from transformer.spelling.commands import main
from transformer.teaching.exercises import WHOLE

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "command-line.md"
OPEN = re.compile(r"\b(?:NAME|REASON|TASK|[FIKLNPSXY])\b")
"""What stands in a row for something that is another each time."""

ATTENTION = WHOLE[0]
DEF = f"import torch\n\ndef {ATTENTION.signature}:\n    "
RIGHT = f"import math\n{solution(ATTENTION)}"
ANSWERS = (
    RIGHT,
    RIGHT.replace(".masked_fill(~mask.any(-1, keepdim=True), 0.0)", ""),
    RIGHT.replace("@ value", "@ value / len(value)"),
    f"{RIGHT}\nright = attention\n{DEF}made = right(query, key, value, mask)\n    query += 1\n    return made\n",
    f"{DEF}return value[..., :0]",
    f"{DEF}return torch.zeros(*query.shape[:-1], value.shape[-1]).double()",
    f"{DEF}query @ key.mT",
    f"{DEF}return 5",
    f"{DEF}return query @ value @ key @ mask",
    "def attention(q):\n    return q\n",
    "attention = 5\n",
    "",
    "import no_such_module\n",
    "def attention(query key):\n",
    "a = '\0'\n",
    f"{DEF}raise SystemExit(3)",
    f"{DEF}while True:\n        pass",
)


def rows() -> list[str]:
    """List the messages of the page's tables: the first code of each row."""
    section = PAGE.read_text(encoding="utf-8").partition("\n(command-line-practise)=\n")[2].partition("\n(")[0]
    return re.findall(r"^\| (?:[\d, ]+ \| )?`([^`]+)` \|.*\|$(?!\n\|-)", section, flags=re.MULTILINE)


def reports(folder: Path) -> Iterator[str]:
    """Say what the program writes while it runs, without what stands in frames and tables."""
    written, tasks = StringIO(), Tasks(folder)
    terminal = Terminal(tasks, Console(file=written, width=1000))
    terminal.begin(ATTENTION)
    terminal.report(ATTENTION)
    for answer in ANSWERS[:2]:
        tasks.path(ATTENTION).write_text(answer, encoding="utf-8")
        terminal.report(ATTENTION)
    tasks.path(ATTENTION).unlink()
    terminal.report(ATTENTION)
    for exercise in WHOLE:
        tasks.mark(exercise)
    tasks.path(ATTENTION).write_text(RIGHT, encoding="utf-8")
    terminal.report(ATTENTION)
    terminal.overview()
    lines = (line.strip().lstrip("✓✗ ") for line in written.getvalue().splitlines())
    yield from (line for line in lines if line and line[0] not in "│╭╰" and "  " not in line)


def problems(folder: Path) -> Iterator[str]:
    """Say what the program writes about wrong answers."""
    file = Tasks(folder).path(ATTENTION)
    for answer in ANSWERS[1:]:
        file.write_text(answer, encoding="utf-8")
        found = look_at(ATTENTION, file, seconds=20 if answer is not ANSWERS[-1] else 2)
        yield from (found.verdict, found.problem)


def endings(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[str]:
    """Say what the program writes when it ends, without what each line begins with."""

    def ended(*words: str) -> str:
        with suppress(SystemExit):
            main(["practise", *words], MORE)
        return capsys.readouterr().err.strip().removeprefix("python -m transformer").removeprefix(": ").strip()

    monkeypatch.chdir(folder)
    with monkeypatch.context() as stopped:
        stopped.setattr(Terminal, "watch", Mock(side_effect=KeyboardInterrupt))
        yield ended("layer_norm")
    with monkeypatch.context() as missing:
        missing.delitem(sys.modules, "rich.console")
        missing.setitem(sys.modules, "rich", None)
        yield ended()
    yield ended("attentoin")
    yield ended("--solution")
    Path("file").touch()
    yield ended("--folder", "file")
    Path("practice", "right.json").write_text("{", encoding="utf-8")
    yield ended()


def test_the_page_has_each_message_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "practice").mkdir()
    said = {*reports(tmp_path / "practice"), *problems(tmp_path / "practice"), *endings(tmp_path, monkeypatch, capsys)}
    patterns = {row: re.compile(".+".join(map(re.escape, OPEN.split(row)))) for row in rows()}
    assert len(patterns) > len(ANSWERS)
    assert [line for line in said if not any(pattern.fullmatch(line) for pattern in patterns.values())] == []
    assert [row for row, pattern in patterns.items() if not any(map(pattern.fullmatch, said))] == []
