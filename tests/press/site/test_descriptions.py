"""What search engines are told of a page."""

import re

import pytest

from press.site.descriptions import LONGEST, shortened
from tests.press.books import Build, cell, claim, new_book

PAGES = {
    "answer": 'First this.\n\n**The short answer.** It is $x^2$, "four" & no more.\n',
    "first": "```{note}\nNot this.\n```\n\nThe first paragraph.\n\nThe second.\n",
    "own": "---\nmyst:\n  html_meta:\n    description: The author's own.\n---\n\n# own\n\nThe first paragraph.\n",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Build:
    book = new_book(tmp_path_factory.mktemp("book"), 'extensions.append("press.site.descriptions")\n')
    for name, text in PAGES.items():
        book.write(f"sum-{name}.md", text if text.startswith("---") else f"# {name}\n\n{text}")
    book.page("sum", claim("sum.four"), cell("assert 2 + 2 == 4", "sum.four"))
    done = book.build()
    assert done.exit_code == 0, done.log
    return done


@pytest.mark.parametrize(
    ("page", "description"),
    [
        ("sum-answer", "It is x², “four” &amp; no more."),
        ("sum-first", "The first paragraph."),
        ("sum-own", "The author's own."),
        ("search", "Search: little"),
        ("genindex", "Index: little"),
    ],
)
def test_a_page_is_described_once_in_its_own_words(built: Build, page: str, description: str) -> None:
    found = re.findall(r'<meta [^>]*name="description"[^>]*>', built.html(page))
    assert len(found) == 1
    assert f'content="{description}"' in found[0]


def test_a_long_text_ends_with_a_sentence_or_a_word() -> None:
    assert shortened("Short.") == "Short."
    sentences = "This sentence has forty letters, or so. " * 5
    assert shortened(sentences).endswith("or so.")
    assert LONGEST / 2 <= len(shortened(sentences)) < LONGEST
    words = shortened("word, " * 50)
    assert words.endswith("word…")
    assert len(words) <= LONGEST
