"""A page without what only a browser can do: nothing is folded, and nothing but words stands around a claim."""

from collections.abc import Callable, Sequence
from typing import cast

from docutils import nodes

from press.claims.gather import claim_blocks
from press.folds import fold

NO_LINE = {"answer", "claim-more"}
"""Folds whose line says nothing where they are open."""


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
    for part in list(doctree.findall(fold)):
        line, *children = part.children
        box = nodes.container("", *children, classes=part["classes"])
        if not NO_LINE & {*part["classes"]}:
            box.insert(0, nodes.paragraph("", "", nodes.strong("", line.astext())))
        part.replace_self(box)
