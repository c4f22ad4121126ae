"""Breaks: the change that a claim must not survive, how it is made, and what the build asks of it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from press.claims.breaks import Break
from tests.press.books import DOCS, Book, cell, claim, new_book

CONF = 'claims_breaks = "breaks.json"'


def diff(claim_id: str, old: str, new: str, file: str = "") -> str:
    """Write a break."""
    place = f":in: {file}\n\n" if file else ""
    return f"```{{break}} {claim_id}\n{place}-{old}\n+{new}\n```\n"


def run_breaks(book: Book, *options: str) -> subprocess.CompletedProcess[str]:
    """Run what `make breaks` runs, on a little book."""
    command = [sys.executable, "-m", "press.audit.make_breaks", "--record", "breaks.json", *options]
    environment = {"PYTHONPATH": str(DOCS), "PATH": ""}
    return subprocess.run(command, cwd=book.root, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A book with a package that adds, in a folder of its own as the real one."""
    book = new_book(tmp_path, CONF)
    book.write("transformer/__init__.py", "def add(a, b):\n    return a + b\n")
    return book


class TestApply:
    def apply(self, change: str, text: str) -> str:
        return Break("sum.four", change, 1).apply(text, "the page")

    def test_old_lines_give_way_to_new_ones(self) -> None:
        assert self.apply("-b\n+c\n+d", "a\nb\na") == "a\nc\nd\na"

    def test_lines_of_context_stay(self) -> None:
        assert self.apply(" a\n+b\n c", "a\nc\nd") == "a\nb\nc\nd"

    @pytest.mark.parametrize(("change", "text"), [("-b\n+c", "a"), ("-a\n+c", "a\na"), ("-a\n+a", "a"), ("-a\n+b", "aa")])
    def test_what_cannot_be_done_exactly_once_is_refused(self, change: str, text: str) -> None:
        with pytest.raises(ValueError, match="expected once"):
            self.apply(change, text)


def test_a_claim_without_a_break_is_refused(book: Book) -> None:
    book.page("sum", claim("sum.four"), cell("assert 2 + 2 == 4", "sum.four"))
    built = book.build()
    assert built.exit_code == 2
    assert "claim without a break: sum.four" in built.log


def test_a_break_may_use_what_the_claim_itself_does_not(book: Book) -> None:
    given = [cell("three = 3"), claim("sum.five"), cell("y = three\nassert y + 2 == 5", "sum.five")]
    four = [claim("sum.four"), cell("x = 2\nassert x + 2 == 4", "sum.four")]
    book.page("docs/sum", *given, *four, diff("sum.five", "y = three", "y = 4"), diff("sum.four", "x = 2", "x = three"))
    assert run_breaks(book).returncode == 0


def test_each_of_two_breaks_must_fall_and_shows_how(book: Book) -> None:
    good = cell("x = 2\nassert x + 2 == 4\nassert x < 3", "sum.four")
    parts = [claim("sum.four"), good, diff("sum.four", "x = 2", "x = 3")]
    book.page("docs/sum", *parts, diff("sum.four", "assert x + 2 == 4", "assert x + 2 > 3"))
    assert "sum.four: survived" in run_breaks(book).stdout
    both = [*parts, diff("sum.four", "assert x < 3", "assert x < 2")]
    book.page("docs/sum", *both)
    assert run_breaks(book).returncode == 0
    (book.root / "docs" / "sum.md").unlink()
    book.page("sum", *both)
    built = book.build()
    assert built.exit_code == 0, built.log
    falls = built.folds("sum")
    assert [
        ("x + 2 == 4" in fall.rpartition("the test fails")[2], "x &lt; 2" in fall.rpartition("the test fails")[2])
        for fall in falls
    ] == [
        (True, False),
        (False, True),
    ]


def test_a_change_in_two_places_is_one_break(book: Book) -> None:
    change = "```{break} sum.four\n-x = 2\n+x = 3\n@@\n-y = 2\n+y = 0\n```\n"
    book.page("docs/sum", claim("sum.four"), cell("x = 2"), cell("y = 2\nassert x + y == 4", "sum.four"), change)
    assert "9 passed, 0 failed" in run_breaks(book).stdout
    assert json.loads((book.root / "breaks.json").read_text())["sum.four"].popitem()[1] == "AssertionError at 'assert x + y == 4'"


def test_a_break_that_was_never_run_is_refused(book: Book) -> None:
    book.page("sum", claim("sum.four"), cell("x = 2\nassert x + 2 == 4", "sum.four"), diff("sum.four", "x = 2", "x = 3"))
    built = book.build()
    assert built.exit_code == 2
    assert "1 breaks were not recorded from these sources, sum.four among them" in built.log


USES_PACKAGE = cell("import transformer\nx = 2\nassert x + 2 == 4", "sum.four")


def test_a_recorded_break_is_shown_and_stands_until_the_sources_change(book: Book) -> None:
    parts = [claim("sum.four"), USES_PACKAGE, diff("sum.four", "x = 2", "x = 3")]
    book.page("docs/sum", *parts)
    book.page("sum", *parts)
    assert run_breaks(book).returncode == 0
    assert json.loads((book.root / "breaks.json").read_text())["sum.four"].popitem()[1] == "AssertionError at 'assert x + 2 == 4'"
    (book.root / "docs" / "sum.md").unlink()
    built = book.build()
    assert built.exit_code == 0, built.log
    (fold,) = built.folds("sum")
    assert "Break it" in fold
    assert "x = 3" in fold
    assert "AssertionError at" in fold
    book.write("transformer/__init__.py", "def add(a, b):\n    return b + a\n")
    again = book.build("-E")
    assert again.exit_code == 2
    assert "not recorded from these sources" in again.log


def test_a_break_of_the_package_makes_the_evidence_fall(book: Book) -> None:
    check = "from transformer import add\nassert add(2, 2) == 4"
    change = diff("sum.four", "    return a + b", "    return a - b", "transformer/__init__.py")
    book.page("docs/sum", claim("sum.four"), cell(check, "sum.four"), change)
    done = run_breaks(book)
    assert done.returncode == 0, done.stdout
    assert "9 passed, 0 failed" in done.stdout


@pytest.mark.parametrize(
    ("new", "reason"),
    [("x = 1 + 1", "survived"), ("y = 2", "fell for another reason: NameError"), ("x =", "fell for another reason: SyntaxError")],
)
def test_what_survives_or_falls_for_another_reason_is_named(book: Book, new: str, reason: str) -> None:
    book.page("docs/sum", claim("sum.four"), cell("x = 2\nassert x + 2 == 4", "sum.four"), diff("sum.four", "x = 2", new))
    done = run_breaks(book)
    assert done.returncode == 1
    assert f"sum.four: {reason}" in done.stdout
    assert "8 passed, 1 failed" in done.stdout


def test_no_break_at_all_is_a_failure(book: Book) -> None:
    assert run_breaks(book).returncode == 1


def test_a_comment_or_docstring_keeps_the_record_and_code_does_not(book: Book) -> None:
    parts = [claim("sum.four"), USES_PACKAGE, diff("sum.four", "x = 2", "x = 3")]
    book.page("docs/sum", *parts)
    assert run_breaks(book).returncode == 0
    (book.root / "docs" / "sum.md").unlink()
    book.page("sum", *parts)
    book.write("transformer/__init__.py", '"""Sums."""\n\n\ndef add(a, b):\n    """Add."""\n    return a + b  # of two\n')
    assert book.build().exit_code == 0
    book.write("transformer/__init__.py", "def add(a, b):\n    return a + b + 0\n")
    built = book.build("-E")
    assert built.exit_code == 2
    assert "not recorded from these sources" in built.log


def test_a_break_whose_lines_are_gone_is_refused(book: Book) -> None:
    change = diff("sum.four", "    return a - b", "    return a * b", "transformer/__init__.py")
    book.page("sum", claim("sum.four"), cell("assert 2 + 2 == 4", "sum.four"), change)
    built = book.build()
    assert built.exit_code == 2
    assert "break that cannot be made: sum.four: the old lines occur 0 times in transformer/__init__.py" in built.log


def test_a_change_of_what_the_evidence_does_not_import_keeps_the_record(book: Book) -> None:
    parts = [claim("sum.four"), USES_PACKAGE, diff("sum.four", "x = 2", "x = 3")]
    book.page("docs/sum", *parts, cell("from transformer.pictures import draw\ndraw()"))
    book.write("transformer/pictures.py", "def draw():\n    return 1\n")
    assert "9 passed" in run_breaks(book).stdout
    book.write("transformer/pictures.py", "def draw():\n    return 2\n")
    assert "0 passed, 0 failed, 9 have a valid record" in run_breaks(book).stdout
    assert "9 passed, 0 failed, 0 have" in run_breaks(book, "--all").stdout
    book.write("transformer/__init__.py", "def add(a, b):\n    return b + a\n")
    assert "9 passed" in run_breaks(book).stdout


def test_a_record_of_a_break_that_is_gone_goes_too(book: Book) -> None:
    book.page("docs/sum", claim("sum.four"), USES_PACKAGE, diff("sum.four", "x = 2", "x = 3"))
    book.page(
        "docs/sum-more",
        claim("sum-more.five"),
        cell("x = 2\nassert x + 3 == 5", "sum-more.five"),
        diff("sum-more.five", "x = 2", "x = 3"),
    )
    assert run_breaks(book).returncode == 0
    (book.root / "docs" / "sum.md").unlink()
    assert run_breaks(book).returncode == 0
    assert list(json.loads((book.root / "breaks.json").read_text())) == ["sum-more.five"]


def test_a_page_whose_evidence_needs_more_cells_than_are_told_fails_the_run_and_gets_no_record(book: Book) -> None:
    grown = [
        cell("import torch\nx = torch.ones(2)"),
        cell("y = x.add_(1)"),
        claim("sum.four"),
        cell("assert x[0] == 2", "sum.four"),
    ]
    book.page("docs/sum", *grown, diff("sum.four", "x = torch.ones(2)", "x = torch.ones(3) * 2"))
    done = run_breaks(book)
    assert done.returncode == 1
    assert "fell unbroken: AssertionError at 'assert x[0] == 2'" in done.stdout
    assert json.loads((book.root / "breaks.json").read_text(encoding="utf-8")) == {}


def test_a_record_stands_while_all_that_its_own_claim_needs_stands(book: Book) -> None:
    def page(five: int, draw: str) -> None:
        first = [claim("sum.four"), USES_PACKAGE, diff("sum.four", "x = 2", "x = 3")]
        second = [claim("sum.five"), cell(f"y = {five}\nassert y + 1 == 6", "sum.five"), diff("sum.five", "y = 5", draw)]
        book.page("docs/sum", *first, *second)

    page(5, "y = 6")
    assert "10 passed, 0 failed, 0 have" in run_breaks(book).stdout
    page(5, "y = 7")
    assert "1 passed, 0 failed, 9 have" in run_breaks(book).stdout
    book.write("transformer/__init__.py", "def add(a, b):\n    return b + a\n")
    assert "9 passed, 0 failed, 1 have" in run_breaks(book).stdout, "the other claim and the seeds, which are of the whole page"


def test_a_break_of_cells_may_import_and_its_record_sees_what_it_imports(book: Book) -> None:
    book.write("transformer/pictures.py", "def draw():\n    return 1\n")
    book.page(
        "docs/sum",
        claim("sum.four"),
        USES_PACKAGE,
        diff("sum.four", "x = 2", "from transformer.pictures import draw\n+x = draw()"),
    )
    assert "9 passed, 0 failed, 0 have" in run_breaks(book).stdout
    book.write("transformer/pictures.py", "def draw():\n    return 0\n")
    assert "1 passed, 0 failed, 8 have" in run_breaks(book).stdout


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (diff("sum.four", "    return 1", "    return 2", "transformer/pictures.py"), "does not import transformer/pictures.py"),
        (
            diff(
                "sum.four",
                "    return a + b",
                "    from transformer.pictures import draw\n+    return draw()",
                "transformer/__init__.py",
            ),
            "does not import transformer.pictures.draw",
        ),
    ],
)
def test_a_break_of_what_the_evidence_does_not_import_is_refused(book: Book, change: str, reason: str) -> None:
    book.write("transformer/pictures.py", "def draw():\n    return 1\n")
    book.page("sum", claim("sum.four"), USES_PACKAGE, change)
    built = book.build()
    assert built.exit_code == 2
    assert f"break that cannot be made: sum.four: its evidence {reason}" in built.log
