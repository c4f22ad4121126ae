"""The page of errors: every error that a cell provoked on purpose, and the claim that explains it."""

from docutils import nodes

from press.claims.model import Provoked
from press.claims.writer import Writer


def listing(writer: Writer) -> list[nodes.Node]:
    """List the errors, those of torch first, each with every place that explains it."""
    found: dict[Provoked, list[tuple[str, str]]] = {}
    for page in writer.domain.pages:
        for error in writer.domain.data["provoked"].get(page, ()):
            bare = Provoked("", error.origin, error.kind, error.message)
            places = found.setdefault(bare, [])
            if (page, error.claim) not in places:
                places.append((page, error.claim))
    from_torch_first = sorted(found.items(), key=lambda row: (row[0].origin == "this package", row[0].message))
    return [_entry(writer, error, places) for error, places in from_torch_first]


def _entry(writer: Writer, error: Provoked, places: list[tuple[str, str]]) -> nodes.container:
    text = f"{error.kind}: {error.message}"
    explained = nodes.bullet_list(classes=["ledger"])
    for page, claim_id in places:
        claim = writer.domain.find(claim_id)
        line = nodes.paragraph("", f"From {error.origin}, explained at ")
        if claim:
            line += [writer.verdict(claim.verdict), nodes.Text(" "), writer.link(claim.statement, page, claim.anchor)]
        else:
            line += writer.link(writer.title(page), page)
        explained += nodes.list_item("", line)
    block = nodes.literal_block(text, text, language="text", classes=["provoked"])
    return nodes.container("", block, explained, classes=["error-entry"])
