"""A draft builds on what the last build left: only what changed runs, and what was damaged is mended."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from books import Book, cell, claim, new_book

LISTING = "```{claim-ledger}\n```\n"


@dataclass(frozen=True)
class Draft:
    """A book that is built again and again into the same folders."""

    book: Book

    @property
    def site(self) -> Path:
        return self.book.root / "_build" / "html"

    @property
    def doctrees(self) -> Path:
        return self.book.root / "_build" / "doctrees"

    def build(self) -> tuple[list[str], list[str]]:
        """Build, and return the pages that ran, and the warnings."""
        command = [sys.executable, "-m", "sphinx", "-n", "-d", str(self.doctrees), str(self.book.root), str(self.site)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        ran = re.findall(r"^ran (\S+) in", done.stdout, flags=re.MULTILINE)
        return sorted(ran), [re.sub("\x1b\\[[0-9;]*m", "", line) for line in done.stderr.splitlines()]


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    """A book of two pages and a ledger, built once."""
    book = new_book(tmp_path)
    book.page("sum", claim("sum.four"), cell("assert 2 + 2 == 4", "sum.four"))
    book.page("sum-two", claim("sum-two.five"), cell("assert 2 + 3 == 5", "sum-two.five"))
    book.page("sum-ledger", LISTING, front="")
    draft = Draft(book)
    assert draft.build() == (["sum", "sum-two"], [])
    return draft


def test_only_the_changed_page_runs_and_the_lists_follow_it(draft: Draft) -> None:
    draft.book.page("sum-two", claim("sum-two.five", statement="It is five."), cell("assert 2 + 3 == 5", "sum-two.five"))
    assert draft.build() == (["sum-two"], [])
    assert "It is five." in (draft.site / "sum-ledger.html").read_text()
    assert draft.build() == ([], [])


def test_nothing_changed_means_no_page_is_written(draft: Draft) -> None:
    draft.build()
    before = {page: page.stat().st_mtime_ns for page in draft.site.glob("sum*.html")}
    assert draft.build() == ([], [])
    assert {page: page.stat().st_mtime_ns for page in draft.site.glob("sum*.html")} == before


def test_a_changed_source_of_the_evidence_makes_every_page_run(draft: Draft) -> None:
    draft.book.write("source.txt", "something else")
    assert draft.build() == (["sum", "sum-two"], [])


@pytest.mark.parametrize("left", [b"", b"garbage", None])
def test_a_damaged_page_of_the_cache_runs_again(draft: Draft, left: bytes | None) -> None:
    path = draft.doctrees / "sum.doctree"
    path.write_bytes(path.read_bytes()[:500] if left is None else left)
    assert draft.build() == (["sum"], ["WARNING: damaged in the cache, so run again: sum"])
    assert draft.build() == ([], [])


@pytest.mark.parametrize("left", [b"", b"garbage", None])
def test_a_damaged_cache_makes_every_page_run(draft: Draft, left: bytes | None) -> None:
    path = draft.doctrees / "environment.pickle"
    path.write_bytes(path.read_bytes()[:500] if left is None else left)
    assert draft.build() == (["sum", "sum-two"], ["WARNING: the cache cannot be read, so every page runs again"])
    assert draft.build() == ([], [])


def test_a_page_that_was_half_written_is_written_again(draft: Draft) -> None:
    whole = (draft.site / "sum.html").read_text()
    (draft.site / "sum.html").write_text(whole[:500])
    (draft.doctrees / "interrupted").touch()
    assert draft.build() == ([], ["WARNING: the last build was interrupted, so every page is written again"])
    assert (draft.site / "sum.html").read_text().partition("<body")[2] == whole.partition("<body")[2]
    assert draft.build() == ([], [])
