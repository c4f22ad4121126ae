"""Move the evidence of a claim and its breaks into the claim, so that both read as one block."""

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
            own = [i for i in range(start, stop) if claim["claim_id"] in (cell_claim(siblings[i]), _break_of(siblings[i]))]
            if own:
                gathered = siblings[start : own[-1] + 1]
                for node in gathered:
                    claim.parent.remove(node)
                claim.append(nodes.container("", *gathered, classes=["claim-evidence"]))


def _break_of(node: nodes.Node) -> str:
    return str(node.get("break_of", "")) if isinstance(node, fold) else ""


def claim_blocks(document: nodes.document) -> list[nodes.container]:
    """List the claims' blocks on a page."""
    return [node for node in document.findall(nodes.container) if is_claim(node)]


def is_claim(node: nodes.Node) -> bool:
    """Say whether a node of the page is a claim's block."""
    return isinstance(node, nodes.container) and "claim_id" in node
