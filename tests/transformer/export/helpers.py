"""Exports as they are made and asked by a user."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.transformer.training.helpers import run_python

Say = Callable[[list[str]], list[list[str]]]


def export_by_command(folder: Path, *words: str) -> Path:
    """Export in a process of its own, where no shape checks are in the way of torch's tracing."""
    ran = run_python("-W", "error", "-m", "transformer", "export", str(folder), *words)
    engine = words[words.index("--to") + 1]
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == f"The model for {engine} is in {folder}: README.md there shows how to ask it\n"
    return folder


def run_snippet(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Run the snippet of the folder's README, in that folder, and give its function."""
    monkeypatch.chdir(folder)
    (code,) = re.findall(r"```python\n(.*?)```", (folder / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    names: dict[str, Say] = {}
    exec(compile(code, str(folder / "README.md"), "exec"), names)  # noqa: S102 - it is our own
    return names["say"]


def asked_in_batches(say: Say, words: list[str], size: int = 64) -> dict[str, list[str]]:
    """Ask words of all lengths together, as they come to a server."""
    batches = [words[first : first + size] for first in range(0, len(words), size)]
    return {word: sound for batch in batches for word, sound in zip(batch, say(batch), strict=True)}
