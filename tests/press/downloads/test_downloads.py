"""What a reader takes along of a page: it is what the page shows, it runs alone, and it is the same after every build."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from press.downloads.script import write
from tests.press.books import Book, Build, cell, claim, new_book

DRAW = """import torch

from transformer.teaching.figures.grids import matrix

matrix(torch.eye(2), "two by two")"""
SLOW = """import time

for piece in ("one ", "line\\n", "\\n"):
    print(piece, end="", flush=True)
    time.sleep(0.3)"""
CONF = """
extensions += ["press.downloads"]
templates_path = ["templates"]
html_theme_options = {}
"""
LAYOUT = """{%- extends "!layout.html" %}
{%- block footer %}{% include "take-along.html" %}{{ super() }}{% endblock %}"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    book = new_book(tmp_path_factory.mktemp("book"), CONF)
    book.write("templates/layout.html", LAYOUT)
    book.write("index.md", "# Index\n\n```{toctree}\nsum\nwords\n```\n")
    book.write("words.md", "# Words\n\nNothing runs here.\n")
    book.page(
        "sum",
        "A star * and $d_k$, `code`, and a [link](words.md).\n",
        claim("sum.four"),
        cell('print("four")\nassert 2 + 2 == 4', "sum.four"),
        "| a | b |\n|---|---|\n| 1 | `x \\| y` |\n",
        cell(DRAW, tags="hide-input"),
        cell('from myst_nb import glue\n\nglue("six", 6)'),
        "It is {glue:text}`six`.\n",
        cell(SLOW),
    )
    return book


@pytest.fixture(scope="module")
def built(book: Book) -> Build:
    built = book.build("-j", "2")
    assert built.exit_code == 0, built.log
    return built


@pytest.fixture(scope="module")
def notebook(built: Build) -> nbformat.NotebookNode:
    read: nbformat.NotebookNode = nbformat.read(built.site / "sum.ipynb", as_version=4)
    return read


def sources(notebook: nbformat.NotebookNode, kind: str) -> list[str]:
    return [part.source for part in notebook.cells if part.cell_type == kind]


def test_a_page_with_code_offers_both_and_a_page_without_offers_nothing(built: Build) -> None:
    for name in ("sum.ipynb", "sum.py"):
        assert f'<a href="{name}" download>' in built.html("sum")
    assert "Take this page along" not in built.html("words")
    assert sorted(path.name for path in built.site.glob("words.*")) == ["words.html"]


def test_the_notebook_holds_the_words_in_markdown_that_everybody_reads(notebook: nbformat.NotebookNode) -> None:
    words = "\n".join(sources(notebook, "markdown"))
    for part in ("# sum\n", r"A star \* and $d_k$, `code`, and a link.", "> Two and two are four.", "**✓ holds**", "It is 6."):
        assert part in words
    assert r"`x \| y`" in words


def test_the_notebook_holds_what_this_build_s_run_left_behind(notebook: nbformat.NotebookNode) -> None:
    outputs = [output for part in notebook.cells if part.cell_type == "code" for output in part.outputs]
    assert "four\n" in [output.get("text") for output in outputs]
    pictures = [output.data["text/html"] for output in outputs if "text/html" in output.get("data", {})]
    assert len(pictures) == 1
    assert pictures[0].startswith('<img alt="two by two') or "two by two" in pictures[0]
    assert "var(--" not in pictures[0]


def test_the_notebook_runs_from_above_to_below_without_the_book(built: Build, tmp_path: Path) -> None:
    read = nbformat.read(built.site / "sum.ipynb", as_version=4)
    for part in read.cells:
        assert "myst_nb" not in part.source
    NotebookClient(read, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert any(output.get("text") == "four\n" for part in read.cells for output in part.get("outputs", ()))


def test_the_script_runs_as_it_is_and_says_what_the_page_says(built: Build, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, built.site / "sum.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "four\nsix = 6\none line\n\n"), done.stderr


def test_script_and_notebook_have_the_same_code(built: Build, notebook: nbformat.NotebookNode) -> None:
    script = (built.site / "sum.py").read_text(encoding="utf-8")
    code = [source for source in sources(notebook, "code") if "IPython" not in source]
    places = [script.index(source) for source in code]
    assert len(code) == 4
    assert places == sorted(places)


def test_another_build_gives_the_same_bytes(book: Book, built: Build) -> None:
    first = {name: (built.site / name).read_bytes() for name in ("sum.ipynb", "sum.py")}
    again = book.build_fresh("-E", "-j", "1", PYTHONHASHSEED="7")
    assert again.exit_code == 0, again.log
    assert {name: (again.site / name).read_bytes() for name in first} == first


def test_markup_that_a_notebook_would_show_raw_stops_the_build(tmp_path: Path) -> None:
    book = new_book(tmp_path, CONF)
    book.write("templates/layout.html", LAYOUT)
    book.page("sum", claim("sum.four"), cell("assert 2 + 2 == 4", "sum.four"), r"\{ref\}`four`" + "\n")
    built = book.build()
    assert built.exit_code == 2
    assert "the notebook would show '{ref}`'" in built.log, built.log


def ids(path: Path) -> list[str]:
    parsed: dict[str, list[dict[str, Any]]] = json.loads(path.read_text(encoding="utf-8"))
    return [part["id"] for part in parsed["cells"]]


def test_cells_are_numbered(built: Build) -> None:
    found = ids(built.site / "sum.ipynb")
    assert found == [f"cell-{number}" for number in range(len(found))]


def test_a_title_that_python_would_take_for_the_name_of_a_coding_does_not_stop_the_script() -> None:
    script = write(["x = 1"], ["# Decoding: one token at a time", ""])
    assert [ast.unparse(line) for line in ast.parse(script.encode()).body] == ["x = 1"]


def test_what_a_cell_printed_is_one_output_however_the_kernel_cut_it(built: Build, notebook: nbformat.NotebookNode) -> None:
    texts = [output.text for part in notebook.cells if part.cell_type == "code" for output in part.outputs if "text" in output]
    assert "one line\n\n" in texts
    assert "one line" in re.sub("<[^>]*>", "", built.html("sum"))
