"""The bibliography's HTML."""

from pathlib import Path

from tests.press.books import cell, claim, new_book

ENTRIES = """@book{one, author = {A. One}, title = {First}, year = {2001}, publisher = {P}}
@book{two, author = {B. Two}, title = {Second}, year = {2002}, publisher = {P}}
"""


def test_the_bibliography_is_a_list_of_items(tmp_path: Path) -> None:
    book = new_book(tmp_path, 'extensions += ["sphinxcontrib.bibtex"]\nbibtex_bibfiles = ["books.bib"]\n')
    book.write("books.bib", ENTRIES)
    book.page(
        "sum",
        claim("sum.four"),
        cell("assert 2 + 2 == 4", "sum.four"),
        "{cite:t}`one`, {cite:t}`two`.\n\n```{bibliography}\n```\n",
    )
    built = book.build()
    assert built.exit_code == 0, built.log
    html = built.html("sum")
    assert html.count('<div role="list" class="citation-list">') == 1
    assert html.count('class="citation" id=') == html.count('role="listitem"') == 2
    assert "doc-biblioentry" not in html
