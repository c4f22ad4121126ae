"""Measured fragments: what they were measured from, and what a page shows of them."""

from pathlib import Path

import pytest

from press.audit import measured
from press.audit.build_cost import NO_EXECUTION, STOCK
from tests.press.books import Book, cell, claim, new_book

CONF = 'extensions.append("press.audit")\nexclude_patterns = ["_build", "_*.md"]\n'


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = new_book(tmp_path, CONF)
    book.write("tool.py", "x = 1\n")
    book.write("docs/words.md", "---\norphan: true\n---\n\n# Words\n")
    book.page("sum", claim("sum.four"), cell("assert 2 + 2 == 4", "sum.four"), "```{measured} _fast.md\n```\n")
    return book


@pytest.mark.parametrize(
    ("text", "changed"), [("x = 1\n", False), ('"""Words."""\n\nx = 1  # words\n', False), ("x = 2\n", True)]
)
def test_a_fragment_says_when_its_sources_have_changed(book: Book, text: str, changed: bool) -> None:
    measured.write(book.root / "_fast.md", "It took *seven* seconds.\n", ["tool.py"], book.root)
    book.write("tool.py", text)
    built = book.build()
    assert built.exit_code == 0, built.log
    assert "<p>It took <em>seven</em> seconds.</p>" in built.html("sum")
    assert (measured.CHANGED in built.html("sum")) is changed


def test_of_a_page_only_the_cells_count(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "page.md"
    page.parent.mkdir()
    digests = []
    for text in ("# One\n\n```{code-cell} python\nx = 1\n```\n", "# Two\n\n```{code-cell} python\nx = 1\n```\n", "# Two\n"):
        page.write_text(text, encoding="utf-8")
        digests.append(measured.digest(["docs/*.md"], tmp_path))
    assert digests[0] == digests[1] != digests[2]


def test_sources_that_are_not_there_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no file for 'gone/\*\.py'"):
        measured.digest(["gone/*.py"], tmp_path)


@pytest.mark.parametrize("text", ["no head", "---\nsources: [gone.py]\ndigest: a\n---\nwords"])
def test_a_fragment_without_its_sources_is_refused(book: Book, text: str) -> None:
    book.write("_fast.md", text)
    built = book.build()
    assert built.exit_code == 2
    assert "_fast.md is no measured fragment" in built.log


def test_the_settings_that_leave_a_part_out_name_modules_that_are_there() -> None:
    assert "'press.execution.kernels'" in STOCK
    assert "'press.claims.guard'" in NO_EXECUTION
