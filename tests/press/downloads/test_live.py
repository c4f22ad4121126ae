"""A widget as one takes it along: a picture in the notebook and in a volume, its words in the script."""

import re
from pathlib import Path

import nbformat
import pytest

from tests.press.books import Book, Build, cell, claim, new_book

CONF = """
extensions += ["press.live", "press.downloads"]
html_theme_options = {}
copyright = "2026"
version = "1"
"""
SAYS = "The trained model says knight: N AY T."


def live_book(root: Path) -> Book:
    book = new_book(root, CONF)
    widget = "```{live} speller\n:start: knight\n```\n"
    book.page("sum", claim("sum.four"), cell("assert 2 + 2 == 4", "sum.four"), widget, "And on.\n")
    return book


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Build:
    built = live_book(tmp_path_factory.mktemp("live")).build()
    assert built.exit_code == 0, built.log
    return built


def test_a_notebook_shows_the_picture(built: Build) -> None:
    notebook = nbformat.read(next(built.site.rglob("sum.ipynb")), as_version=4)
    text = "\n".join(part.source for part in notebook.cells if part.cell_type == "markdown")
    assert len(re.findall(rf'<img alt="{SAYS}[^"]*" src="data:image/svg\+xml;base64,[\w+/=]+"/>', text)) == 1
    assert "sp-chip" not in text


def test_a_script_says_what_it_shows(built: Build) -> None:
    text = next(built.site.rglob("sum.py")).read_text(encoding="utf-8")
    assert SAYS in re.sub(r"\s*\n# ", " ", text)
    assert "<" not in text.partition(SAYS)[2].partition("And on")[0]


def test_an_e_book_has_the_picture_as_a_file(tmp_path: Path) -> None:
    book = live_book(tmp_path)
    written = book.build("-b", "epub")
    assert written.exit_code == 0, written.log
    (picture,) = book.site.rglob("figure-*.svg")
    assert picture.read_text(encoding="utf-8").count('class="cell"') == 4 * 6
    page = (book.site / "sum.xhtml").read_text(encoding="utf-8")
    assert f'alt="{SAYS}' in page
    assert "speller" not in page
    assert not list(book.site.rglob("speller-model.js"))
