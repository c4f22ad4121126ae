"""The deck for other programs: a package for Anki, and a table that spreadsheets and other decks read.

Both are written from the finished page of questions, so that they hold what the page holds.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import genanki
from bs4 import BeautifulSoup
from bs4.element import Tag
from docutils import nodes
from sphinx.application import Sphinx

from press.assets import TAKE_ALONG
from press.places import Place, pages_of

KIND = "deck-files"
DECK = "interview"
NAME = "The Transformer, Checked"
NUMBER = 1_706_037_622  # Anki knows a deck and a kind of note by a number; a new one would make new cards of all
MADE = 1_500_000_000  # seconds; a card's age is of no use, and the same book must give the same file
CSS = ".card { font-family: sans-serif; font-size: 18px; text-align: left; } .topic { color: gray; font-size: 14px; }"
BACK = "{{FrontSide}}<hr id=answer>{{answer}}<p>{{link}}</p>"


@dataclass(frozen=True)
class Card:
    """A question with its answer, as HTML; ``key`` stays as long as page and heading keep their names."""

    key: str
    topic: str
    asked: str
    question: str
    answer: str
    link: str


def cards_of(html: str, address: str) -> Iterator[Card]:
    """Read the cards from the finished page.

    Args:
        html: The page.
        address: Where the page will stand, or nothing if that is not known: then no link is kept.
    """
    soup = BeautifulSoup(html, "html.parser")
    for link in soup.select("a[href]"):
        if not address:
            link.unwrap()
        elif ":" not in str(link["href"]):
            link["href"] = f"{address.rsplit('/', 1)[0]}/{link['href']}"
    for topic in soup.select(".interview-topic"):
        title = topic.select_one("h2, h3")
        for link in title.select(".headerlink") if title else ():
            link.decompose()
        for item in topic.select(".interview-question"):
            yield _card(item, title.get_text(strip=True) if title else "", address)


def _card(item: Tag, topic: str, address: str) -> Card:
    key = str(item["id"])
    answer = item.select_one(".interview-answer")
    assert answer
    question = answer.summary
    assert question
    asked = question.select_one(".interview-asked")
    often = asked.extract().get_text() if asked else ""
    shown = "".join(str(child) for child in item.children if child is not answer)
    words = question.extract().decode_contents().strip()
    for more in answer.select(".interview-more"):
        more.decompose()
    link = f'<a href="{address}#{key}">{address}#{key}</a>' if address else ""
    return Card(key, topic, often, f"{shown.strip()}{words}", answer.decode_contents().strip(), link)


def write_anki(cards: list[Card], path: Path) -> None:
    """Write the package for Anki; the same cards give the same bytes."""
    model = genanki.Model(
        NUMBER,
        NAME,
        fields=[{"name": field.name} for field in fields(Card)],
        templates=[{"name": "card", "qfmt": '<p class="topic">{{topic}} {{asked}}</p>{{question}}', "afmt": BACK}],
        css=CSS,
        sort_field_index=0,
    )
    deck = genanki.Deck(NUMBER, NAME)
    for card in cards:
        tag = "-".join(card.topic.lower().replace(",", "").split())
        deck.add_note(genanki.Note(model, list(astuple(card)), tags=[tag], guid=genanki.guid_for(card.key)))
    made = io.BytesIO()
    genanki.Package(deck).write_to_file(made, timestamp=MADE)
    with zipfile.ZipFile(made) as given, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name in given.namelist():
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), given.read(name))


def write_table(cards: list[Card], path: Path) -> None:
    """Write the table, with the lines at its head by which Anki knows what it reads."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(f"#separator:tab\n#html:true\n#columns:{chr(9).join(field.name for field in fields(Card))}\n")
        csv.writer(file, "excel-tab", lineterminator="\n").writerows(map(astuple, cards))


def fill(app: Sphinx, place: Place) -> list[nodes.Node] | None:
    """Link to both files; other formats than the site's pages have no use for them."""
    if place.kind != KIND:
        return None
    if app.builder.name != "html":
        return []
    up = "../" * place.docname.count("/")
    files = (("the Anki deck", "apkg"), ("the table (TSV)", "tsv"))
    links = [nodes.reference("", words, refuri=f"{up}{TAKE_ALONG}/{DECK}.{kind}", internal=True) for words, kind in files]
    end = nodes.Text(" hold the same questions and answers.")
    return [nodes.paragraph("", "", nodes.Text("For other programs, "), links[0], nodes.Text(" and "), links[1], end)]


def write_files(app: Sphinx, exception: Exception | None) -> None:
    """Write both files into the finished site, if a page offers them."""
    if exception or app.builder.name != "html":
        return
    offering = [page for page, kinds in pages_of(app.env).items() if KIND in kinds]
    for page in offering:
        file = app.builder.get_target_uri(page)
        base = app.config.html_baseurl
        html = Path(app.outdir, file).read_text(encoding="utf-8")
        cards = list(cards_of(html, f"{base.rstrip('/')}/{file}" if base else ""))
        folder = Path(app.outdir, TAKE_ALONG)
        folder.mkdir(exist_ok=True)
        write_anki(cards, folder / f"{DECK}.apkg")
        write_table(cards, folder / f"{DECK}.tsv")
