"""A table of questions becomes lists with links, and the build refuses a place that the book does not have."""

import re
from pathlib import Path

import pytest

from press.practice.asked import Asked, read_table
from tests.press.books import Book, Build, cell, claim, new_book

HEAD = "question\tchinese\ttopic\tcollections\tpages\tanswered_at\n"
ROWS = (
    '"Is ""four"" even?"\t四是偶数吗\tEven numbers\t26\t1\tsum#sum-four sum#sum\n',
    "Is five?\t五呢\tEven numbers\t15\t0\t\n",
    "What is a sum?\t什么是和\tSums\t16\t0\tsum#sum\n",
)
PAGE = "(asked)=\n# Asked\n\n(asked-table)=\n## The table\n\n```{asked-questions} questions.tsv\n```\n"


def book_of(root: Path, *rows: str) -> Book:
    """Write a book with a page that shows a table."""
    book = new_book(root)
    book.write("questions.tsv", HEAD + "".join(rows))
    book.write("sum-asked.md", PAGE)
    book.page("sum", claim("sum.fact"), cell("assert 2 + 2 == 4", "sum.fact"), "(sum-four)=\n## Four is even\n\nBy two.\n")
    text = (book.root / "sum.md").read_text(encoding="utf-8")
    book.write("sum.md", text.replace("# sum\n", "(sum)=\n# sum\n", 1))
    return book


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Build:
    return book_of(tmp_path_factory.mktemp("asked"), *ROWS).build()


def test_it_builds_without_a_word(built: Build) -> None:
    assert built.exit_code == 0, built.log


def test_questions_stand_under_their_topics_in_order(built: Build) -> None:
    html = built.html("sum-asked")
    assert re.findall(r'<h3>([^<]+)<a class="headerlink"', html) == ["Even numbers", "Sums"]
    assert re.findall(r"<strong>(.*?)</strong>", html) == ["Is &quot;four&quot; even?", "Is five?", "What is a sum?"]
    assert re.findall(r'class="asked-often">([^<]+)<', html) == ["asked very often", "asked sometimes", "asked often"]
    assert '<span lang="zh-CN">四是偶数吗</span>' in html
    assert "The book answers 2 of 3 questions." in html


def test_a_place_is_a_link_to_its_heading_and_names_its_page(built: Build) -> None:
    four, five, what = built.html("sum-asked").split("<strong>")[1:]
    assert re.findall(r'href="([^"]+)">([^<]+)</a>( \(sum\))?', four) == [
        ("sum.html#sum-four", "Four is even", " (sum)"),
        ("sum.html#sum", "sum", ""),
    ]
    assert "Not answered." in five
    assert "href" not in five.split("</li>")[0]
    assert 'href="sum.html#sum"' in what


@pytest.mark.parametrize("place", ["sum#sum-five", "sum-asked#sum-four", "sum"])
def test_a_place_that_is_not_there_ends_the_build(tmp_path: Path, place: str) -> None:
    built = book_of(tmp_path, f"Is five?\t五呢\tSums\t1\t1\t{place}\n").build()
    assert built.exit_code == 2
    assert f"sum-asked: no heading with the label of '{place}'" in built.log


def test_a_second_card_under_a_heading_ends_the_build(tmp_path: Path) -> None:
    book = book_of(tmp_path, *ROWS)
    card = "```{card} What?\nThis.\n```\n\n"
    book.write("sum-cards.md", f"# Cards\n\n## Two\n\n{card}Said.\n\n{card}")
    book.write("interview.md", "---\norphan: true\n---\n\n# Interview\n\n```{interview}\nSums: sum-cards\n```\n")
    built = book.build()
    assert built.exit_code == 2
    assert "a heading has one card, got 2 under 'Two'" in built.log


@pytest.mark.parametrize(
    ("collections", "often"), [(26, "very often"), (25, "often"), (16, "often"), (8, "sometimes"), (7, "rarely")]
)
def test_how_often_comes_from_the_number_of_collections(collections: int, often: str) -> None:
    assert Asked("What?", "什么", "Sums", collections, ()).often == often


def test_the_table_is_read_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    path.write_text(HEAD + ROWS[0], encoding="utf-8")
    assert read_table(path) == [Asked('Is "four" even?', "四是偶数吗", "Even numbers", 26, ("sum#sum-four", "sum#sum"))]
