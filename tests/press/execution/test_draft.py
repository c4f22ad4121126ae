"""A draft builds on what the last build left: only what changed runs, and what was interrupted is made anew."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.press.books import Book, cell, claim, new_book

LISTING = "```{claim-ledger}\n```\n"


@dataclass(frozen=True)
class Draft:
    """A book that is built again and again into the same folders."""

    book: Book

    def build(self) -> list[str]:
        """Build, and return the pages that ran."""
        command = [sys.executable, "-m", "sphinx", "-n", "-d", str(self.book.doctrees), str(self.book.root), str(self.book.site)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return sorted(re.findall(r"^ran (\S+) in", done.stdout, flags=re.MULTILINE))


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    """A book of two pages and a ledger, built once."""
    book = new_book(tmp_path)
    book.page("sum", claim("sum.four"), cell("assert 2 + 2 == 4", "sum.four"))
    book.page("sum-two", claim("sum-two.five"), cell("assert 2 + 3 == 5", "sum-two.five"))
    book.page("sum-ledger", LISTING, front="")
    draft = Draft(book)
    assert draft.build() == ["sum", "sum-two"]
    return draft


def test_only_what_changed_runs_and_the_lists_follow_it(draft: Draft) -> None:
    before = {page: page.stat().st_mtime_ns for page in draft.book.site.glob("sum*.html")}
    assert draft.build() == []
    assert {page: page.stat().st_mtime_ns for page in draft.book.site.glob("sum*.html")} == before, "nothing is written either"
    draft.book.page("sum-two", claim("sum-two.five", statement="It is five."), cell("assert 2 + 3 == 5", "sum-two.five"))
    assert draft.build() == ["sum-two"]
    assert "It is five." in (draft.book.site / "sum-ledger.html").read_text()
    draft.book.write("source.txt", "something else")
    assert draft.build() == ["sum", "sum-two"], "a changed source of the evidence makes every page run"


@pytest.mark.parametrize("left", [b"", b"garbage", None])
def test_a_damaged_cache_makes_every_page_run(draft: Draft, left: bytes | None) -> None:
    path = draft.book.doctrees / "environment.pickle"
    path.write_bytes(path.read_bytes()[:500] if left is None else left)
    assert draft.build() == ["sum", "sum-two"]
    assert draft.build() == []


def test_make_draft_begins_anew_after_one_that_did_not_end_and_only_then(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page("docs/sum", claim("sum.four"), cell("assert 2 + 2 == 4", "sum.four"))
    book.write("docs/index.md", "# Index\n\n```{toctree}\nsum\n```\n")
    assert "ran sum in" in book.make("draft").stdout
    assert "ran sum in" not in book.make("draft").stdout
    (tmp_path / "_build" / "draft" / "began").touch()  # a draft that was refused before anything was written
    os.utime(tmp_path / "_build" / "draft" / "doctrees" / "environment.pickle", (0, 0))
    assert "ran sum in" not in book.make("draft").stdout
    (tmp_path / "_build" / "draft" / "began").touch()  # one that was interrupted while pages were written
    os.utime(tmp_path / "_build" / "draft" / "began", (1, 1))
    os.utime(tmp_path / "_build" / "draft" / "doctrees" / "environment.pickle", (10, 10))
    again = book.make("draft")
    assert "The last draft did not end" in again.stdout
    assert "ran sum in" in again.stdout
