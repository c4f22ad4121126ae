"""Every follow-up question that stands in the sources of the book is on the page of questions."""

import re
from html import unescape
from itertools import pairwise
from pathlib import Path

from press.cells import PARSER, pages_in
from tests.site.built import Site

DOCS = Path(__file__).parents[2] / "docs"
LEFT_OUT = re.compile(r"^### (.*)\n(?:(?!#).*\n)*?```\{card\}\n:deck: no", flags=re.MULTILINE)


def headings(page: Path) -> list[tuple[int, str, str]]:
    """List a page's headings: depth, label of the line above, and words without markup."""
    tokens = PARSER.parse(page.read_text(encoding="utf-8"))
    found, label = [], ""
    for token, inline in pairwise(tokens):
        if token.type == "inline" and (named := re.fullmatch(r"\(([\w-]+)\)=", token.content)):
            label = named[1]
        elif token.type == "heading_open":
            words = "".join(child.content for child in inline.children or [])
            found.append((int(token.tag[1]), label, words))
            label = ""
    return found


def follow_ups(page: Path) -> list[str]:
    """List the questions under headings labelled ``-follow-up``."""
    found, inside = [], False
    left_out = {plain(words) for words in LEFT_OUT.findall(page.read_text(encoding="utf-8"))}
    for depth, label, words in headings(page):
        if depth <= 2:
            inside = label.endswith("-follow-up")
        elif inside and depth == 3 and plain(words) not in left_out:
            found.append(words)
    return found


def plain(text: str) -> str:
    """Return text without what differs between a source and its page: tags, quotes, formulas, spaces."""
    return re.sub(r"[^a-z0-9]", "", unescape(re.sub(r"<[^>]+>|\$[^$]*\$", "", text)).lower())


def test_every_follow_up_question_of_the_book_is_asked(site: Site) -> None:
    """A card may ask in other words, so the questions of a page are counted."""
    keys = re.findall(r'class="interview-question" id="q-([^"]+)"', (site.folder / "interview.html").read_text(encoding="utf-8"))
    wanted = {"-".join(page.relative_to(DOCS).with_suffix("").parts): len(follow_ups(page)) for page in pages_in(DOCS)}
    assert sum(wanted.values()) > 50
    asked = {page: sum(key.startswith(page) for key in keys) for page in wanted}
    assert [page for page in wanted if asked[page] < wanted[page] and page != "learning-path"] == []


def test_no_id_is_there_twice(site: Site) -> None:
    html = (site.folder / "interview.html").read_text(encoding="utf-8")
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert sorted(set(ids)) == sorted(ids)


def test_no_page_has_an_anchor_that_is_only_a_number(site: Site) -> None:
    for page in sorted(site.folder.rglob("*.html")):
        assert re.findall(r'\bid="((?:id|term-)\d+)"', page.read_text(encoding="utf-8")) == [], page
