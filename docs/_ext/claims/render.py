"""What the reader sees of the records: the head of each claim, and the pages that list them."""

from collections import Counter
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from claims import cards
from claims.breaks import read_record
from claims.digest import digest_of_files
from claims.domain import ClaimDomain
from claims.gather import claim_blocks
from claims.ledger import Ledger, table
from claims.model import VERDICTS, Claim, Provoked
from folds import folded


class listing(nodes.General, nodes.Inline, nodes.Element):  # noqa: N801 - docutils names its nodes in lower case
    """A place that is filled once every page has been read."""


def note_reading(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Learn which pages this build reads."""
    domain = env.domains["claim"]
    assert isinstance(domain, ClaimDomain)
    domain.reading = docnames


def pages_to_write(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Name the pages to write again: those that list claims, if a page was read; all, if a record changed."""
    domain = env.domains["claim"]
    assert isinstance(domain, ClaimDomain)
    records = digest_of_files(Path(app.confdir), tuple(app.config.claims_records))
    if domain.data.get("records") != records:
        domain.data["records"] = records
        return sorted(env.found_docs)
    return sorted(domain.data["listings"]) if domain.reading else []


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write the heads of the page's claims, and fill its lists."""
    domain = app.env.domains["claim"]
    assert isinstance(domain, ClaimDomain)
    writer = Writer(app, domain, docname)
    for block in claim_blocks(doctree):
        claim = domain.find(block["claim_id"])
        assert claim is not None, "the guard lets no unknown claim through"
        block.insert(0, writer.head(claim))
    record = read_record(Path(app.confdir, app.config.claims_breaks)) if app.config.claims_breaks else {}
    for fold in doctree.findall(folded):
        if fold.get("break_of") in record:
            error = record[fold["break_of"]]["error"]
            fold += nodes.paragraph("", "The evidence then falls with:")
            fold += nodes.literal_block(error, error, language="text", classes=["provoked"])
    for place in list(doctree.findall(listing)):
        place.replace_self(writer.listing(place))


class Writer:
    """Write records as nodes, with links from one page."""

    def __init__(self, app: Sphinx, domain: ClaimDomain, docname: str) -> None:
        self.app = app
        self.domain = domain
        self.docname = docname

    def listing(self, place: listing) -> list[nodes.Node]:
        """Fill one place."""
        claims = self.domain.claims
        match place["kind"]:
            case "claim-count":
                return [nodes.Text(str(self._count(place["verdict"])))]
            case "claim-totals":
                return [self._totals(claims)]
            case "claim-ledger":
                return Ledger(self).listing([claim for claim in claims if place["verdict"] in ("", claim.verdict)])
            case "claim-versions":
                return Ledger(self).versions()
            case "claim-questions":
                return [cards.question(self, page) for page in place["wanted"]]
            case "claim-quotes":
                return [cards.quote(self, claim_id) for claim_id in place["wanted"]]
            case _:
                return self._errors()

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

    def _uri(self, page: str, anchor: str = "") -> str:
        return self.app.builder.get_relative_uri(self.docname, page) + (f"#{anchor}" if anchor else "")

    def link(self, text: str, page: str, anchor: str = "") -> nodes.reference:
        """Write a link to a page, or to a place on it."""
        return nodes.reference("", text, refuri=self._uri(page, anchor), internal=True)

    def _count(self, what: str) -> int:
        claims = self.domain.claims
        match what:
            case "all":
                return len(claims)
            case "pages":
                return len({claim.page for claim in claims})
            case "cells":
                return sum(len(claim.evidence) for claim in claims)
        return sum(claim.verdict == what for claim in claims)

    def _totals(self, claims: list[Claim]) -> nodes.table:
        rows: list[list[nodes.Node]] = []
        for verdict in VERDICTS:
            these = [claim for claim in claims if claim.verdict == verdict]
            states = ", ".join(f"{count} {status}" for status, count in Counter(claim.status for claim in these).items())
            cells = sum(len(claim.evidence) for claim in these)
            rows.append([self.verdict(verdict), nodes.Text(str(len(these))), nodes.Text(states), nodes.Text(str(cells))])
        total = [len(claims), len({claim.page for claim in claims}), sum(len(claim.evidence) for claim in claims)]
        rows.append([nodes.Text("all"), *(nodes.Text(text) for text in (f"{total[0]}", f"on {total[1]} pages", f"{total[2]}"))])
        return table(["verdict", "claims", "status in this build", "evidence cells"], rows)

    def _errors(self) -> list[nodes.Node]:
        provoked: dict[Provoked, list[tuple[str, str]]] = {}
        for page in self.domain.pages:
            for error in self.domain.data["provoked"].get(page, ()):
                bare = Provoked("", error.origin, error.kind, error.message)
                places = provoked.setdefault(bare, [])
                if (page, error.claim) not in places:
                    places.append((page, error.claim))
        from_torch_first = sorted(provoked.items(), key=lambda row: (row[0].origin == "this package", row[0].message))
        return [self._error(error, places) for error, places in from_torch_first]

    def _error(self, error: Provoked, places: list[tuple[str, str]]) -> nodes.container:
        text = f"{error.kind}: {error.message}"
        explained = nodes.bullet_list(classes=["ledger"])
        for page, claim_id in places:
            claim = self.domain.find(claim_id)
            line = nodes.paragraph("", f"From {error.origin}, explained at ")
            if claim:
                line += [self.verdict(claim.verdict), nodes.Text(" "), self.link(claim.statement, page, claim.anchor)]
            else:
                line += self.link(self.title(page), page)
            explained += nodes.list_item("", line)
        block = nodes.literal_block(text, text, language="text", classes=["provoked"])
        return nodes.container("", block, explained, classes=["error-entry"])

    def title(self, page: str) -> str:
        """Return a page's title."""
        return self.app.env.titles[page].astext()
