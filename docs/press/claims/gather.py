"""Move the evidence of a claim and its breaks into the claim, so that both read as one block."""

from typing import cast

from docutils import nodes
from sphinx.transforms import SphinxTransform

from press.cells import cell_claim
from press.folds import fold


class GatherEvidence(SphinxTransform):
    """Take what follows a claim, up to its last evidence cell or break and not beyond the next claim, into the claim's block."""

    default_priority = 800  # after the page's roles and directives have run, before the domain looks at it (850)

    def apply(self, **kwargs: object) -> None:
        """Gather for every claim on the page."""
        for claim in claim_blocks(self.document):
            siblings = claim.parent.children
            start = siblings.index(claim) + 1
            stop = next((i for i in range(start, len(siblings)) if is_claim(siblings[i])), len(siblings))
            own = [i for i in range(start, stop) if claim["claim_id"] in (cell_claim(siblings[i]), *_changes(siblings[i]))]
            if own:
                gathered = siblings[start : own[-1] + 1]
                for node in gathered:
                    claim.parent.remove(node)
                claim.append(nodes.container("", *gathered, classes=["claim-evidence"]))
            _join([part for part in claim.findall(fold) if "vary_of" in part])


def _changes(node: nodes.Node) -> tuple[str, ...]:
    return (node.get("break_of", ""), node.get("vary_of", "")) if isinstance(node, fold) else ()


def _join(variations: list[fold]) -> None:
    """Put the variations of a claim into the fold of the first, whose line says them all."""
    if not variations:
        return
    line = cast("nodes.Element", variations[0][0])
    for i, part in enumerate(variations):
        _, said, _ = part.children
        line += [nodes.Text("; " if i else " "), *(child.deepcopy() for child in said.children)]
    for part in variations[1:]:
        variations[0] += part.children[1:]
        part.parent.remove(part)


def words_of(block: nodes.container) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """Return the words of a claim's sentence, and those of what is so, or when it is so, without their label; copies."""
    right = [part for part in block.findall(nodes.paragraph) if "right" in part]
    said = [part for paragraph in _statement(block).children if paragraph not in right for part in paragraph.children]
    return [part.deepcopy() for part in said], [part.deepcopy() for paragraph in right for part in paragraph.children[2:]]


def _statement(block: nodes.container) -> nodes.Element:
    return next(part for part in block.children if isinstance(part, nodes.Element) and "claim-statement" in part["classes"])


def claim_blocks(document: nodes.document) -> list[nodes.container]:
    """List the claims' blocks on a page."""
    return [node for node in document.findall(nodes.container) if is_claim(node)]


def is_claim(node: nodes.Node) -> bool:
    """Say whether a node of the page is a claim's block."""
    return isinstance(node, nodes.container) and "claim_id" in node
