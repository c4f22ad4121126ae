"""Fill the place: the questions of every page, each with its answer folded, and under it each claim with its verdict folded."""

from collections.abc import Iterator
from dataclasses import dataclass

from docutils import nodes
from docutils.nodes import Node
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from press.claims.domain import claims_of
from press.claims.gather import claim_blocks, words_of
from press.claims.model import RIGHT_WORDS, Claim
from press.claims.writer import Writer
from press.folds import fold, folded
from press.places import Place
from press.practice.questions import Question, bare, questions_of_page, without_links

KIND = "interview"


@dataclass(frozen=True)
class Book:
    """The questions of the book by page, and the words of every claim, as they stand on its page: its own, and what is so."""

    questions: dict[str, list[Question]]
    statements: dict[str, tuple[list[Node], list[Node]]]


def fill(app: Sphinx, place: Place) -> list[Node] | None:
    """Write the questions with their answers. Other formats than HTML have no folds; there both stand on the pages."""
    if place.kind != KIND:
        return None
    return PageWriter(Writer(app, place.docname), _read(app.env, place.docname)).write() if app.builder.format == "html" else []


def _read(env: BuildEnvironment, docname: str) -> Book:
    doctrees = {page: env.get_doctree(page) for page in claims_of(env).pages if page != docname}
    asked = {page: questions_of_page(page, doctree) for page, doctree in doctrees.items()}
    statements = {block["claim_id"]: _bare(words_of(block)) for doctree in doctrees.values() for block in claim_blocks(doctree)}
    return Book({page: questions for page, questions in asked.items() if questions}, statements)


class PageWriter:
    """Write questions as nodes, with links from one page."""

    def __init__(self, writer: Writer, book: Book) -> None:
        self.writer = writer
        self.book = book

    def write(self) -> list[Node]:
        """Write how many questions there are, then those of each page under a heading that links to it."""
        count = sum(len(questions) for questions in self.book.questions.values())
        said = nodes.paragraph("", f"{count} questions from {len(self.book.questions)} pages.", classes=["interview-count"])
        return [said, *(self._topic(page, questions) for page, questions in self.book.questions.items())]

    def _topic(self, page: str, questions: list[Question]) -> nodes.section:
        title = nodes.title("", "", self.writer.link(self.writer.title(page), page))
        items = nodes.enumerated_list("", *(self._question(question) for question in questions), enumtype="arabic")
        items["classes"].append("interview-list")
        # The pages themselves are what a search should find.
        return nodes.section("", title, items, ids=[f"topic-{page.replace('/', '-')}"], classes=["interview-topic", "no-search"])

    def _question(self, question: Question) -> nodes.list_item:
        words = without_links(question.words)
        more = "With the code that decides it" if question.claims else "On its page"
        link = nodes.paragraph("", "", self.writer.link(more, question.page, question.anchor), classes=["interview-more"])
        parts = [*self._here(question.answer), *self._claims(question), link]
        answer = folded(words, *parts, classes=["interview-answer"])
        return nodes.list_item("", *self._here(question.shown), answer, ids=[question.key], classes=["interview-question"])

    def _here(self, found: list[Node]) -> list[Node]:
        """Copy nodes for this page: links start here, and a link to a claim does not give its verdict away."""
        box = nodes.container("", *(bare(node) for node in found))
        for reference in list(box.findall(addnodes.pending_xref)):
            claim = self.writer.domain.find(reference["reftarget"]) if reference.get("refdomain") == "claim" else None
            if claim:
                text = reference.astext() if reference["refexplicit"] else claim.id
                reference.replace_self(self.writer.link(text, claim.page, claim.anchor))
            else:
                reference["refdoc"] = self.writer.docname
        return list(box.children)

    def _claims(self, question: Question) -> Iterator[Node]:
        """Write each claim that decides the question, or else each that its answer leans on."""
        named = [part["reftarget"] for node in question.answer for part in node.findall(addnodes.pending_xref) if _is_claim(part)]
        found = [claim for claim in map(self.writer.domain.find, dict.fromkeys(question.claims or named)) if claim]
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


def _is_claim(reference: addnodes.pending_xref) -> bool:
    return bool(reference.get("refdomain") == "claim")
