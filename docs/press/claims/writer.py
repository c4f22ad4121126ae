"""Records as nodes, with links from one page: the parts that every list of claims is made of."""

from collections.abc import Sequence

from docutils import nodes
from sphinx.application import Sphinx

from press.claims.domain import ClaimDomain, claims_of
from press.claims.model import VERDICTS, Claim


class Writer:
    """Write the parts of a list of claims, for the page that it stands on."""

    def __init__(self, app: Sphinx, docname: str) -> None:
        self.app = app
        self.domain: ClaimDomain = claims_of(app.env)
        self.docname = docname

    def head(self, claim: Claim) -> nodes.paragraph:
        """The line above a claim: verdict in mark and word, status, note, and a link to the claim itself."""
        line = nodes.paragraph(classes=["claim-head"])
        line += [self.verdict(claim.verdict), nodes.Text(" ")]
        if claim.status != claim.verdict:
            line += [nodes.inline("", f"{claim.status} by this build", classes=["claim-status"]), nodes.Text(" ")]
        if claim.note:
            line += [nodes.inline("", f"note {claim.note}", classes=["claim-note"]), nodes.Text(" ")]
        line += nodes.reference("", claim.id, refid=claim.anchor, classes=["claim-id"])
        return line

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


def table(head: list[str], rows: Sequence[Sequence[nodes.Node]], kind: str = "claim-table") -> nodes.table:
    """Write a table of one head and some rows."""
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in head), cols=len(head))
    group += nodes.thead("", _row([nodes.Text(text) for text in head]))
    group += nodes.tbody("", *(_row(row) for row in rows))
    return nodes.table("", group, classes=[kind])


def _row(cells: Sequence[nodes.Node]) -> nodes.row:
    """Write a row. A cell holds its text without a paragraph around it: the ledger has well over a thousand cells."""
    return nodes.row("", *(nodes.entry("", cell) for cell in cells))
