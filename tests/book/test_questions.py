"""The table of questions that are asked: its places are in the book, and the deck asks its questions as often as it says."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from press.cells import PARSER, pages_in
from press.practice.asked import KIND, Asked, read_table

DOCS = Path(__file__).parents[2] / "docs"
TABLE = DOCS / "reference" / "questions.tsv"
QUESTIONS = read_table(TABLE)
GATHERED, ANSWERED = 94, 85  # how many questions the table has, and how many of them the book promises to answer


@dataclass
class Section:
    """A heading of a page: its labels, its words, and the card under it."""

    page: str
    labels: list[str]
    words: str
    cards: list[str] = field(default_factory=list)
    asked: str = ""
    in_deck: bool = False
    follows_up: bool = False


def sections_of(page: Path) -> list[Section]:
    """Read the headings of a page, as the deck does from the page that was read."""
    found = [Section("", [], "")]
    labels: list[str] = []
    inside = False
    tokens = PARSER.parse(page.read_text(encoding="utf-8"))
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            words = tokens[place + 1].content
            inside = (inside and token.tag == "h3") or any(label.endswith("-follow-up") for label in labels)
            follows_up = inside and token.tag == "h3"
            found.append(Section(page.relative_to(DOCS).with_suffix("").as_posix(), labels, words, follows_up=follows_up))
            found[-1].in_deck = follows_up or (not inside and words.endswith("?"))
            labels = []
        elif token.type == "inline" and re.fullmatch(r"(\([\w-]+\)=\s*)+", token.content):
            labels = re.findall(r"\(([\w-]+)\)=", token.content)
        elif token.type == "fence" and token.info.startswith("{card}"):
            found[-1].cards.append(token.info.removeprefix("{card}").strip())
            asked = re.search(r"^:asked: (.*)$", token.content, flags=re.MULTILINE)
            found[-1].asked = asked[1] if asked else ""
            found[-1].in_deck = not re.search(r"^:deck: no$", token.content, flags=re.MULTILINE)
    return found[1:]


SECTIONS = [section for page in pages_in(DOCS) for section in sections_of(page)]
AT = {f"{section.page}#{label}": section for section in SECTIONS for label in section.labels}
answered = pytest.mark.parametrize("question", [one for one in QUESTIONS if one.places], ids=lambda one: one.question)


def test_the_table_has_each_question_once_and_keeps_those_without_an_answer() -> None:
    assert len(QUESTIONS) == len({one.question for one in QUESTIONS}) == len({one.chinese for one in QUESTIONS}) == GATHERED


def test_the_book_answers_what_it_promises() -> None:
    assert sum(bool(one.places) for one in QUESTIONS) >= ANSWERED


def test_a_page_shows_the_table() -> None:
    pages = [page for page in pages_in(DOCS) if f"```{{{KIND}}} {TABLE.name}\n" in page.read_text(encoding="utf-8")]
    assert pages == [TABLE.with_suffix(".md")]


@answered
def test_every_place_is_in_the_book(question: Asked) -> None:
    assert [place for place in question.places if place not in AT] == []
    assert len(question.places) == len(set(question.places))


@answered
def test_the_deck_asks_it_at_its_first_place_and_says_how_often(question: Asked) -> None:
    section = AT[question.places[0]]
    assert section.in_deck
    assert len(section.cards) == 1
    assert section.asked == question.often


def test_a_card_says_how_often_only_if_the_table_says_so() -> None:
    told = {(id(AT[place]), question.often) for question in QUESTIONS for place in question.places if place in AT}
    cards = [section for section in SECTIONS if section.asked and section.in_deck]
    assert len(cards) > ANSWERED
    assert [f"{one.page}: {one.words}: {one.asked}" for one in cards if (id(one), one.asked) not in told] == []


def test_the_deck_asks_no_question_twice() -> None:
    puzzles = "notes/quoted-code"  # there each question is asked after the lines that it is about
    asked = [next(filter(None, one.cards), one.words) for one in SECTIONS if one.in_deck and one.page != puzzles]
    assert sorted(words for words in set(asked) if asked.count(words) > 1) == []
