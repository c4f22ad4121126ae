"""A page without what only a browser can do: nothing is folded, and nothing but words stands around a claim."""

from collections.abc import Callable, Iterator, Sequence
from typing import cast

from docutils import nodes

from claims.gather import claim_blocks
from folds import folded


def frame_claims(doctree: nodes.document, frame: Callable[[nodes.Element, Sequence[nodes.Node]], nodes.Element]) -> None:
    """Put the head of every claim and its sentence into one frame; the evidence follows below it.

    Args:
        doctree: The page, its claims' heads written.
        frame: Makes the frame from the head and the statement's paragraphs.
    """
    for block in claim_blocks(doctree):
        head, statement = (cast("nodes.Element", part) for part in block.children[:2])
        del block.children[:2]
        block.insert(0, frame(head, statement.children))


def unfold(doctree: nodes.document) -> None:
    """Open everything that is folded; what was behind a break's or another fold's own line keeps that line."""
    for fold in list(doctree.findall(folded)):
        box = nodes.container("", *fold.children, classes=fold["classes"])
        if "answer" not in fold["classes"]:
            box.insert(0, nodes.paragraph("", "", nodes.strong("", fold["summary"])))
        fold.replace_self(box)


def parts(node: nodes.Element, element: str) -> Iterator[nodes.container]:
    """Find the parts of a page that MyST-NB calls by a name: ``cell_code``, a code cell with its outputs, and what is in it."""
    return (found for found in node.findall(nodes.container) if found.get("nb_element") == element)
