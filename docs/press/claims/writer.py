"""Records as nodes, with links from one page: the parts that every list of claims is made of."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from press.claims.domain import ClaimDomain, claims_of
from press.claims.model import VERDICTS, Claim
from press.folds import folded


class Writer:
    """Write the parts of a list of claims, for the page that it stands on."""

    def __init__(self, app: Sphinx, docname: str) -> None:
        self.app = app
        self.domain: ClaimDomain = claims_of(app.env)
        self.docname = docname
        self.notes = said_by_the_notes(app)

    def head(self, claim: Claim) -> nodes.Element:
        """The line above a claim: its verdict, and behind a fold what a reader seldom needs."""
        proved = claim.status != claim.verdict
        status = [nodes.inline("", f"{claim.status} by this build", classes=["claim-status"])] if proved else []
        note: list[nodes.Node] = [nodes.inline("", f"note {claim.note}", classes=["claim-note"])] if claim.note else []
        link = nodes.reference("", claim.id, refid=claim.anchor, classes=["claim-id"])
        if self.app.builder.name != "html":
            parts = [self.verdict(claim.verdict), *status, *note, link]
            spaced = [part for one in parts for part in (one, nodes.Text(" "))][:-1]
            return nodes.paragraph("", "", *spaced, classes=["claim-head"])
        if said := self.notes.get(claim.note):
            note += [nodes.Text(": "), nodes.inline("", said, classes=["language-zh-CN"])]
        facts = [nodes.paragraph("", "", *parts) for parts in ([link], status, note) if parts]
        line = [nodes.Text("¶"), nodes.inline("", " About this claim", classes=["visually-hidden"])]
        verdict = nodes.paragraph("", "", self.verdict(claim.verdict))
        # A part of a Chinese query that stands here alone would keep the page from being found.
        more = folded(line, *facts, classes=["claim-more", "no-search"])
        return nodes.container("", verdict, more, classes=["claim-head"])

    def verdict(self, verdict: str) -> nodes.inline:
        """Write a verdict, in mark and word."""
        mark = nodes.inline("", VERDICTS[verdict], classes=["claim-mark"])
        return nodes.inline("", "", mark, nodes.Text(f" {verdict}"), classes=["claim-verdict", f"verdict-{verdict}"])

    def link(self, text: str, page: str, anchor: str = "") -> nodes.reference:
        """Write a link to a page, or to a place on it."""
        address = self.app.builder.get_relative_uri(self.docname, page) + (f"#{anchor}" if anchor else "")
        return nodes.reference("", text, refuri=address, internal=True)

    def title(self, page: str) -> str:
        """Return a page's title."""
        return self.app.env.titles[page].astext()


def said_by_the_notes(app: Sphinx) -> dict[str, str]:
    """Read what the study notes say, by number; nothing in a book without notes."""
    file = app.config.claims_notes
    return tomllib.loads(Path(app.confdir, file).read_text(encoding="utf-8")) if file else {}


def table(head: list[str], rows: Sequence[Sequence[nodes.Node]], kind: str = "claim-table") -> nodes.table:
    """Write a table of one head and some rows."""
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in head), cols=len(head))
    group += nodes.thead("", _row([nodes.Text(text) for text in head]))
    group += nodes.tbody("", *(_row(row) for row in rows))
    return nodes.table("", group, classes=[kind])


def _row(cells: Sequence[nodes.Node]) -> nodes.row:
    """Write a row. A cell holds its text without a paragraph around it: the ledger has well over a thousand cells."""
    return nodes.row("", *(nodes.entry("", cell) for cell in cells))
