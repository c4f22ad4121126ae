"""Fill the place: the questions of every page, each with its answer folded, and under it each claim with its verdict folded.

The lines of the place name the topics, each with its pages: ``Masks: notes/masks notes/dropout``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from docutils import nodes
from docutils.nodes import Node
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

from press.claims.domain import claims_of
from press.claims.gather import claim_blocks, words_of
from press.claims.model import RIGHT_WORDS, Claim
from press.claims.writer import Writer
from press.folds import fold, folded
from press.places import Place
from press.practice.cards import ASKED
from press.practice.questions import Question, bare, named_claims, questions_of_page, without_links

KIND = "interview"


@dataclass(frozen=True)
class Book:
    """The questions of the book by topic, and the words of every claim, as they stand on its page: its own, and what is so."""

    questions: dict[str, list[Question]]
    statements: dict[str, tuple[list[Node], list[Node]]]


def fill(app: Sphinx, place: Place) -> list[Node] | None:
    """Write the questions with their answers. Other formats than HTML have no folds; there both stand on the pages."""
    if place.kind != KIND:
        return None
    if app.builder.format != "html":
        return []
    return PageWriter(Writer(app, place.docname), read_book(app.env, place)).write()


def read_book(env: BuildEnvironment, place: Place) -> Book:
    """Read the questions of all pages, by topic, the most asked first.

    Raises:
        ExtensionError: A page with questions is in no topic or in two, or a topic names a page without questions.
    """
    doctrees = {page: env.get_doctree(page) for page in claims_of(env).pages if page != place.docname}
    found = {page: questions_of_page(page, doctree) for page, doctree in doctrees.items()}
    asked = {page: questions for page, questions in found.items() if questions}
    topics = topics_of(place.wanted)
    named = [page for pages in topics.values() for page in pages]
    if sorted(named) != sorted(asked):
        odd = sorted({*named} ^ {*asked}) or sorted(page for page in named if named.count(page) > 1)
        raise ExtensionError(f"{place.docname}: not in one topic, as a page with questions must be: {', '.join(odd)}")
    statements = {block["claim_id"]: _bare(words_of(block)) for doctree in doctrees.values() for block in claim_blocks(doctree)}
    return Book({topic: _by_demand(asked[page] for page in pages) for topic, pages in topics.items()}, statements)


def topics_of(lines: Iterable[str]) -> dict[str, list[str]]:
    """Read the topics and their pages, as the page of questions names them."""
    return {name.strip(): pages.split() for name, _, pages in (line.partition(":") for line in lines)}


def _by_demand(pages: Iterable[list[Question]]) -> list[Question]:
    """Sort questions by how often they are asked; of equally frequent ones, the order of the pages stays."""
    order = {asked: place for place, asked in enumerate(ASKED)}
    return sorted((question for page in pages for question in page), key=lambda one: order.get(one.asked, len(ASKED)))


class PageWriter:
    """Write questions as nodes, with links from one page."""

    def __init__(self, writer: Writer, book: Book) -> None:
        self.writer = writer
        self.book = book

    def write(self) -> list[Node]:
        """Write how many questions there are, then those of each topic under its heading."""
        every = [question for questions in self.book.questions.values() for question in questions]
        pages = len({question.page for question in every})
        said = nodes.paragraph("", f"{len(every)} questions from {pages} pages.", classes=["interview-count"])
        return [said, *(self._topic(topic, questions) for topic, questions in self.book.questions.items())]

    def _topic(self, topic: str, questions: list[Question]) -> nodes.section:
        title = nodes.title("", topic)
        items = nodes.enumerated_list("", *(self._question(question) for question in questions), enumtype="arabic")
        items["classes"].append("interview-list")
        # The pages themselves are what a search should find.
        return nodes.section("", title, items, ids=[f"topic-{nodes.make_id(topic)}"], classes=["interview-topic", "no-search"])

    def _question(self, question: Question) -> nodes.list_item:
        words = without_links(question.words)
        if question.asked:
            words += [nodes.Text(" "), nodes.inline("", f"asked {question.asked}", classes=["interview-asked"])]
        more = "With the code that decides it" if question.claims else "On its page"
        title = self.writer.title(question.page)
        link = nodes.paragraph("", "", self.writer.link(more, question.page, question.anchor), classes=["interview-more"])
        link += nodes.Text(f": {title}")
        parts = [*self._here(question.answer), *self._claims(question), link]
        answer = folded(words, *parts, classes=["interview-answer"])
        return nodes.list_item("", *self._here(question.shown), answer, ids=[question.key], classes=["interview-question"])

    def _here(self, found: list[Node]) -> list[Node]:
        """Copy nodes for this page: links start here, and a link to a claim does not give its verdict away."""
        box = nodes.container("", *(bare(node) for node in found))
        for reference in list(box.findall(addnodes.pending_xref)):
            claim = self.writer.domain.find(reference["reftarget"]) if reference.get("refdomain") == "claim" else None
            if claim:
                text = reference.astext() if reference["refexplicit"] else "proof"
                reference.replace_self(self.writer.link(text, claim.page, claim.anchor))
            else:
                reference["refdoc"] = self.writer.docname
        return list(box.children)

    def _claims(self, question: Question) -> Iterator[Node]:
        """Write each claim that decides the question, or else each that its answer leans on."""
        named = dict.fromkeys(question.claims or named_claims(question.answer))
        found = [claim for claim in map(self.writer.domain.find, named) if claim]
        if found:
            asked = "Does it hold?" if len(found) == 1 else "Which of these hold?"
            yield nodes.paragraph("", f"{asked} Decide, then open.")
        yield from map(self._claim, found)

    def _claim(self, claim: Claim) -> fold:
        said, right = self.book.statements[claim.id]
        words = without_links(said)
        verdict = nodes.paragraph("", "", self.writer.verdict(claim.verdict), nodes.Text(" "))
        verdict += self.writer.link(claim.id, claim.page, claim.anchor)
        parts: list[Node] = [verdict]
        if right:
            label = nodes.strong("", f"{RIGHT_WORDS[claim.verdict]}:")
            parts.append(nodes.paragraph("", "", label, nodes.Text(" "), *without_links(right), classes=["claim-right"]))
        return folded(words, *parts, classes=["interview-claim"])


def _bare(words: tuple[list[Node], list[Node]]) -> tuple[list[Node], list[Node]]:
    said, right = words
    return [bare(part) for part in said], [bare(part) for part in right]
