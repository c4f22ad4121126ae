"""The commands as they are typed, on a tiny dictionary."""

from pathlib import Path

import pytest

from transformer.spelling.commands import main

# Small enough to be quick, long enough to be killed; with dropout, so that random numbers matter.
SMALL = [
    *("--d-model=6", "--num-heads=3", "--num-layers=1", "--d-ff=7", "--dropout=0.2", "--max-length=11"),
    *("--steps=40", "--batch-size=8", "--warmup-steps=3", "--decay-steps=9", "--save-every=2", "--log-every=3", "--average=2"),
]


def train(dictionary: Path, folder: Path, *more: str) -> list[str]:
    return ["train", f"--dictionary={dictionary}", f"--folder={folder}", *SMALL, *more]


def refused(capsys: pytest.CaptureFixture[str], words: list[str], code: int) -> str:
    """Run a command that is refused; return what it says, which is one line."""
    found: object
    try:
        found = main(words)
    except SystemExit as end:
        found = end.code
    assert found == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert told.err.startswith("python -m transformer")
    return told.err.strip()
