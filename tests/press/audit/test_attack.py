"""`make attack`: what falls under a seed or a case that no build draws is found and named."""

import subprocess
import sys
from pathlib import Path

from press.audit.run import fallen
from press.cells import Block
from tests.press.books import DOCS, Book, cell, claim, new_book


def attack(book: Book, *options: str) -> subprocess.CompletedProcess[str]:
    """Run what `make attack` runs, on a little book."""
    command = [sys.executable, "-m", "press.audit.attack", *options]
    return subprocess.run(
        command, cwd=book.root, env={"PYTHONPATH": str(DOCS), "PATH": ""}, capture_output=True, text=True, check=False
    )


PROPERTY = """from hypothesis import given, strategies as st


@given(st.integers(0, {most}))
def check(n):
    assert n != {bad}


check()
"""

# Which cases are drawn depends on the modules that the process has imported; how many does not.
LATE = """from hypothesis import given, strategies as st

seen = set()


@given(st.integers(0, 10**6))
def check(n):
    seen.add(n)
    assert len(seen) < 500


check()
"""


def test_a_sound_book_stands(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page("docs/sum", claim("sum.four"), cell(PROPERTY.format(most=9, bad=10), "sum.four"))
    done = attack(book, "--small")
    assert done.returncode == 0, done.stdout
    assert "0 cells fell" in done.stdout


def test_a_case_that_a_short_run_does_not_draw_is_found_and_shown(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page("docs/sum", claim("sum.four"), cell(LATE, "sum.four"))
    assert list(fallen([Block("{code-cell}", "python", LATE, 1)], "sum")) == []
    done = attack(book, "--seed", "1")
    assert done.returncode == 1
    assert "sum.four fell with 1 added to every seed: AssertionError" in done.stdout
    assert "Failing test case: check(" in done.stdout


def test_a_seed_that_is_needed_is_found_and_the_same_seed_finds_it_again(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    lucky = "import torch\ntorch.manual_seed(0)\nassert torch.initial_seed() == 0"
    book.page("docs/sum", claim("sum.four"), cell(lucky, "sum.four"))
    for _ in range(2):
        assert "sum.four fell with 5 added to every seed" in attack(book, "--small", "--seed", "5").stdout


def test_no_page_is_a_failure(tmp_path: Path) -> None:
    assert attack(new_book(tmp_path)).returncode == 1
