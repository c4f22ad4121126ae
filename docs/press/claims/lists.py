"""What the reader sees of the records: the head of each claim, how its break fell, and every list of claims."""

from collections import Counter
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from press.claims import cards, provoked
from press.claims.breaks import read_record
from press.claims.digest import digest_of_files
from press.claims.domain import ClaimDomain, claims_of
from press.claims.gather import claim_blocks
from press.claims.ledger import Ledger
from press.claims.model import VERDICTS, Claim
from press.claims.variations import SEEDS
from press.claims.writer import Writer, table
from press.folds import fold
from press.places import Place

KINDS = ("claim-totals", "claim-ledger", "claim-versions", "claim-questions", "claim-quotes", "claim-errors")
"""The lists that an author can ask for by a directive; a number, ``claim-count``, is asked for by a role."""


def pages_to_write(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Name the pages to write again: all, if a record changed."""
    domain = claims_of(env)
    records = digest_of_files(Path(app.confdir), tuple(app.config.claims_records))
    if domain.data.get("records") == records:
        return []
    domain.data["records"] = records
    return sorted(env.found_docs)


def write_heads(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write the heads of a page's claims, and under each break how the evidence fell."""
    writer = Writer(app, docname)
    for block in claim_blocks(doctree):
        claim = writer.domain.find(block["claim_id"])
        assert claim is not None, "the guard lets no unknown claim through"
        block.insert(0, writer.head(claim))
    record = read_record(Path(app.confdir, app.config.claims_breaks)) if app.config.claims_breaks else {}
    digests = {claim_id: iter(found) for claim_id, found in writer.domain.breaks.items()}
    for part in doctree.findall(fold):
        if part.get("break_of") in record:
            error = record[part["break_of"]][next(digests[part["break_of"]])]
            part += nodes.paragraph("", "Then the test fails:")
            part += nodes.literal_block(error, error, language="text", classes=["provoked"])


def fill(app: Sphinx, place: Place) -> list[nodes.Node] | None:
    """Write the list that a place asks for."""
    writer = Writer(app, place.docname)
    claims = writer.domain.claims
    match place.kind:
        case "claim-count":
            return [nodes.Text(str(_count(writer.domain, place.verdict)))]
        case "claim-totals":
            return [_totals(writer, claims)]
        case "claim-ledger":
            return Ledger(writer).listing([claim for claim in claims if place.verdict in ("", claim.verdict)])
        case "claim-versions":
            return Ledger(writer).versions()
        case "claim-questions":
            return [cards.question(writer, page) for page in place.wanted]
        case "claim-quotes":
            return [cards.quote(writer, claim_id) for claim_id in place.wanted]
        case "claim-errors":
            return provoked.listing(writer)
    return None


def _count(domain: ClaimDomain, what: str) -> int:
    match what:
        case "breaks" | "variations":
            return sum(map(len, domain.breaks.values() if what == "breaks" else domain.variations.values()))
        case "seeds":
            return len(SEEDS)
    return _count_claims(domain.claims, what)


def _count_claims(claims: list[Claim], what: str) -> int:
    match what:
        case "all":
            return len(claims)
        case "pages":
            return len({claim.page for claim in claims})
        case "cells":
            return sum(len(claim.evidence) for claim in claims)
    return sum(claim.verdict == what for claim in claims)


def _totals(writer: Writer, claims: list[Claim]) -> nodes.table:
    rows: list[list[nodes.Node]] = []
    for verdict in VERDICTS:
        these = [claim for claim in claims if claim.verdict == verdict]
        states = ", ".join(f"{count} {status}" for status, count in Counter(claim.status for claim in these).items())
        numbers = [str(len(these)), states, str(_count_claims(these, "cells"))]
        rows.append([writer.verdict(verdict), *(nodes.Text(text) for text in numbers)])
    total = [str(len(claims)), f"on {_count_claims(claims, 'pages')} pages", str(_count_claims(claims, "cells"))]
    rows.append([nodes.Text("all"), *(nodes.Text(text) for text in total)])
    return table(["verdict", "claims", "status in this build", "evidence cells"], rows)
