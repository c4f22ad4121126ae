"""``{asked-questions} FILE``: a table of questions that are asked, with how often each is, and links to where it is answered."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from press.claims.writer import Writer
from press.places import Place, leave
from press.practice.cards import ASKED

KIND = "asked-questions"
LEAST = dict(zip(ASKED, (26, 16, 8, 0), strict=True))
"""In how many of the collections a question occurs at least that is asked so often."""


@dataclass(frozen=True)
class Asked:
    """A question of the table. A place that answers it is a page, ``#`` and a label on it; the first place has its card."""

    question: str
    chinese: str
    topic: str
    collections: int
    places: tuple[str, ...]

    @property
    def often(self) -> str:
        """How often it is asked, in the words of a card."""
        return next(words for words, least in LEAST.items() if self.collections >= least)


def read_table(path: Path) -> list[Asked]:
    """Read the table, in its order; a column that a reader of the site does not see is left aside."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, dialect="excel-tab", strict=True))
    return [
        Asked(row["question"], row["chinese"], row["topic"], int(row["collections"]), tuple(row["answered_at"].split()))
        for row in rows
    ]


class AskedDirective(SphinxDirective):
    """Leave a place for the table in a file beside the page."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Leave it, and note that the page depends on the file."""
        file, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(path)
        return [leave(self.env, KIND, wanted=[file])]


def fill(app: Sphinx, place: Place) -> list[nodes.Node] | None:
    """Say how many questions are answered, then list those of each topic under its heading."""
    if place.kind != KIND:
        return None
    questions = read_table(Path(app.srcdir, place.wanted[0]))
    answered = sum(bool(question.places) for question in questions)
    said = nodes.paragraph("", f"The book answers {answered} of {len(questions)} questions.", classes=["asked-count"])
    writer = Writer(app, place.docname)
    return [said, *(_topic(writer, topic, list(found)) for topic, found in groupby(questions, lambda one: one.topic))]


def _topic(writer: Writer, topic: str, questions: list[Asked]) -> nodes.section:
    items = nodes.bullet_list("", *(_item(writer, question) for question in questions), bullet="-", classes=["asked-list"])
    # What a search should find are the pages that answer, not their questions here.
    name = f"asked-{nodes.make_id(topic)}"
    return nodes.section("", nodes.title("", topic), items, ids=[name], classes=["no-search"])


def _item(writer: Writer, question: Asked) -> nodes.list_item:
    chinese = nodes.inline("", question.chinese, classes=["language-zh-CN"])
    often = nodes.inline("", f"asked {question.often}", classes=["asked-often"])
    words = nodes.paragraph("", "", nodes.strong("", question.question), nodes.Text(" "), chinese, nodes.Text(" "), often)
    links = [part for place in question.places for part in (nodes.Text("; "), *_link(writer, place))][1:]
    where = links or [nodes.Text("Not answered.")]
    return nodes.list_item("", words, nodes.paragraph("", "", *where))


def _link(writer: Writer, place: str) -> Iterator[nodes.Node]:
    """Link to a place by its heading, and name its page.

    Raises:
        ExtensionError: The page has no such label.
    """
    page, _, label = place.partition("#")
    standard = writer.app.env.domains.standard_domain
    found, anchor, heading = standard.labels.get(label, ("", "", ""))
    if found != page:
        raise ExtensionError(f"{writer.docname}: no heading with the label of {place!r}", modname="press")
    title = writer.title(page)
    yield writer.link(heading, page, anchor)
    if heading != title:
        yield nodes.Text(f" ({title})")
