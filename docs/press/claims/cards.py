"""What the landing page shows of the claims: a card for each question, and a few claims as they stand."""

from collections import Counter
from collections.abc import Iterable

from docutils import nodes
from sphinx.errors import ExtensionError

from press.claims.model import RIGHT_WORDS, VERDICTS, Claim
from press.claims.writer import Writer


def question(writer: Writer, page: str) -> nodes.container:
    """Write a page's title, and what became of its claims in a bar and in words."""
    claims = [claim for claim in writer.domain.claims if claim.page == page]
    title = nodes.paragraph("", "", writer.link(writer.title(page), page), classes=["question-title"])
    return nodes.container("", title, _bar(claims), counts(writer, claims), classes=["question"])


def counts(writer: Writer, claims: Iterable[Claim]) -> nodes.paragraph:
    """Count claims by verdict, in words."""
    found = Counter(claim.verdict for claim in claims)
    line = nodes.paragraph(classes=["claim-counts"])
    for verdict in VERDICTS:
        if found[verdict]:
            badge = writer.verdict(verdict)
            badge.insert(0, nodes.Text(f"{found[verdict]} "))
            line += [badge, nodes.Text(" ")]
    return line


def quote(writer: Writer, claim_id: str) -> nodes.container:
    """Write a claim as it stands on its page, without the evidence: that is where the link leads."""
    claim = writer.domain.find(claim_id)
    if claim is None:
        raise ExtensionError(f"{writer.docname} quotes a claim that no page states: {claim_id}", modname="press.claims")
    link = writer.link("See the code that decided it", claim.page, claim.anchor)
    head = nodes.paragraph("", "", writer.verdict(claim.verdict), classes=["claim-head"])
    statement = nodes.container("", nodes.paragraph("", claim.statement), classes=["claim-statement"])
    if claim.right:
        label = nodes.strong("", f"{RIGHT_WORDS[claim.verdict]}:")
        statement += nodes.paragraph("", "", label, nodes.Text(f" {claim.right}"), classes=["claim-right"])
    proof = nodes.paragraph("", "", link, classes=["claim-proof"])
    return nodes.container("", head, statement, proof, classes=["claim-quote", f"claim-{claim.verdict}"])


def _bar(claims: list[Claim]) -> nodes.raw:
    """Draw the counts as parts of one bar. The words beside it say the same, so a screen reader passes over it."""
    found = Counter(claim.verdict for claim in claims)
    rects, start = "", 0
    for verdict in VERDICTS:
        if found[verdict]:
            rects += f'<rect class="verdict-{verdict}" x="{start}" width="{found[verdict]}" height="1"/>'
            start += found[verdict]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="verdict-bar" viewBox="0 0 {max(start, 1)} 1"'
    svg = f'{head} preserveAspectRatio="none" aria-hidden="true">{rects}</svg>'
    return nodes.raw("", svg, format="html")
