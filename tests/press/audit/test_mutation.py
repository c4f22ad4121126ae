"""The record of `make mutation`: how it is kept and what the reader sees of it."""

from pathlib import Path

import pytest

from press.audit.mutation_record import Count, MutationRun, Sample, Survivor, plain, read_equivalents, read_mutation
from press.audit.mutation_report import sources_digest
from tests.press.books import Book, cell, claim, new_book

CONF = """
extensions.append("press.audit")
mutation_record = "mutation.json"
"""
SURVIVOR = Survivor("transformer/a.py", "- x = 1\n+ x = 2", "x is not read")


def run(sources: str, survivors: list[Survivor]) -> MutationRun:
    """Make up a run over one file."""
    files = {"transformer/a.py": Count(7, 5, 2 - len(survivors))}
    return MutationRun("2026-11-22", {"torch": "2.13.0"}, 3, sources, files, survivors, Sample(0, 5, 5))


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A book that shows the report."""
    book = new_book(tmp_path, CONF)
    book.write("transformer/a.py", "x = 1\n")
    book.write("docs/words.md", "---\norphan: true\n---\n\n# Words\n")
    book.page("sum", claim("sum.four"), cell("assert 2 + 2 == 4", "sum.four"), "```{mutation-report}\n```")
    return book


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    run("abc", [SURVIVOR]).write(tmp_path / "mutation.json")
    assert read_mutation(tmp_path / "mutation.json") == run("abc", [SURVIVOR])
    assert read_mutation(tmp_path / "none.json") is None


def test_a_change_is_known_by_its_lines_without_their_indentation(tmp_path: Path) -> None:
    diff = "@@ -1 +1 @@\n def f():\n-    x = 1\n+    x = 2\n"
    assert plain(diff) == SURVIVOR.diff
    entry = f'[[equivalent]]\nfile = "transformer/a.py"\nreason = "x is not read"\ndiff = """\n{SURVIVOR.diff}\n"""\n'
    (tmp_path / "equivalents.toml").write_text(entry)
    assert read_equivalents(tmp_path / "equivalents.toml") == {("transformer/a.py", SURVIVOR.diff): "x is not read"}


@pytest.mark.parametrize("same", [True, False])
def test_the_report_gives_the_figures_and_says_when_they_are_old(book: Book, same: bool) -> None:
    run(sources_digest(book.root) if same else "older", [SURVIVOR]).write(book.root / "mutation.json")
    built = book.build()
    assert built.exit_code == 0, built.log
    html = built.html("sum")
    assert "On 2026-11-22, with torch 2.13.0, in 3 minutes: 7 changes." in html
    assert "The pages alone noticed 5, the tests 1 of the others, and 1 nobody could notice." in html
    assert "Of 5 drawn by lot, the whole build refused 5." in html
    assert ("The sources have changed since." in html) is not same
    assert "transformer/a.py: x is not read" in html


def test_without_a_record_the_report_says_so(book: Book) -> None:
    built = book.build()
    assert built.exit_code == 0, built.log
    assert "Not run yet." in built.html("sum")
