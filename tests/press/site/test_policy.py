"""The policy of every page, and what the build finds against it."""

from pathlib import Path

import pytest

from press.finished import Finished
from press.site.policy import META, faults_of
from tests.press.books import Book, cell, claim, new_book

CONF = """
extensions += ["press.site"]
html_theme = "sphinx_book_theme"
html_theme_options = {"use_download_button": False, "use_fullscreen_button": False}
"""
HEAD = f"<html><head>{META}</head><body>"


def faults(root: Path, body: str, head: str = HEAD) -> list[str]:
    (root / "a.html").write_text(head + body, encoding="utf-8")
    return faults_of(Finished(root))


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<script>run()</script>", "inline <script>"),
        ('<script type="importmap">{}</script>', "inline <script>"),
        ("<style>p { color: red }</style>", "inline <style>"),
        ('<button onclick="run()">Run</button>', "<button onclick>"),
        ('<a href=" JavaScript:run()">Run</a>', '<a href=" JavaScript:run()">'),
        ('<script src="https://example.org/a.js"></script>', '<script src="https://example.org/a.js">'),
        ('<img src="//example.org/a.png">', '<img src="//example.org/a.png">'),
        ('<img srcset="a.png 1x, https://example.org/a.png 2x">', '<img srcset="a.png 1x, https://example.org/a.png 2x">'),
        ('<link rel="preconnect" href="https://example.org">', '<link href="https://example.org">'),
        ('<iframe src="https://example.org"></iframe>', '<iframe src="https://example.org">'),
        ('<p style="background: url(https://example.org/a.png)">', '<p style="background: url(https://example.org/a.png)">'),
    ],
)
def test_what_a_browser_would_drop_or_fetch_elsewhere_is_found(tmp_path: Path, body: str, fault: str) -> None:
    assert faults(tmp_path, body) == [f"a.html: {fault}"]


@pytest.mark.parametrize(
    "body",
    [
        '<script src="_static/a.js" defer></script><link rel="stylesheet" href="_static/a.css">',
        '<script type="application/ld+json">{"@type": "Book"}</script>',
        '<link rel="canonical" href="https://example.org/a.html"><a href="https://example.org">a link</a>',
        '<p style="color: red">a style on a tag</p><img src="data:image/png;base64,AA==">',
    ],
)
def test_what_the_policy_allows_is_no_fault(tmp_path: Path, body: str) -> None:
    assert faults(tmp_path, body) == []


def test_a_page_needs_the_policy_before_anything_that_it_judges(tmp_path: Path) -> None:
    assert faults(tmp_path, "<p>text</p>", "<html><body>") == ["a.html: no policy"]
    late = f'<html><head><script src="a.js"></script>{META}</head>'
    assert faults(tmp_path, "<p>text</p>", late) == ["a.html: <script> before the policy"]


def test_a_stylesheet_must_not_load_from_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text(
        '@import "https://example.org/b.css"; p { background: url(data:image/png,x) }', encoding="utf-8"
    )
    assert faults(tmp_path, "") == ["a.css: https://example.org/b.css"]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = new_book(tmp_path, CONF)
    book.write("404.md", "---\norphan: true\n---\n\n# No such page\n")
    book.page("sum", claim("sum.four"), cell("assert 2 + 2 == 4", "sum.four"))
    return book


def test_every_page_is_guarded(book: Book) -> None:
    built = book.build()
    assert built.exit_code == 0, built.log
    for page in ("index", "sum", "genindex", "search"):
        assert built.html(page).count(META) == 1


def test_a_book_with_an_inline_script_is_not_built(book: Book) -> None:
    book.page("sum-inline", "```{raw} html\n<script>run()</script>\n```\n", front="")
    built = book.build()
    assert built.exit_code == 2
    assert "sum-inline.html: inline <script>" in built.log
