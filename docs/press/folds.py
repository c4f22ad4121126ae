"""A part of a page that opens on demand, in plain HTML: a line that stays in sight, and what it opens."""

from collections.abc import Iterable

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator


class fold(nodes.General, nodes.Element):  # noqa: N801 - docutils names its nodes in lower case
    """A part that opens on demand; its first child is a ``fold_line``. Where nothing folds, only the part is shown."""


class fold_line(nodes.General, nodes.TextElement):  # noqa: N801
    """The line of a fold that stays in sight; it may hold code and formulas, and no link."""


def folded(line: str | Iterable[nodes.Node], *parts: nodes.Node, classes: Iterable[str], **attributes: str) -> fold:
    """Fold a part of a page.

    Args:
        line: What stays in sight, in words or as nodes.
        parts: What the line opens.
        classes: How the fold looks.
        attributes: What else the node carries.

    Returns:
        The node to put into the page.
    """
    words = [nodes.Text(line)] if isinstance(line, str) else list(line)
    return fold("", fold_line("", "", *words), *parts, classes=list(classes), **attributes)


def visit_fold(translator: HTML5Translator, node: fold) -> None:
    """Open the fold."""
    translator.body.append(translator.starttag(node, "details"))


def depart_fold(translator: HTML5Translator, node: fold) -> None:
    """Close the fold."""
    translator.body.append("</details>\n")


def visit_line(translator: HTML5Translator, node: fold_line) -> None:
    """Begin the line."""
    translator.body.append(translator.starttag(node, "summary", suffix=""))


def depart_line(translator: HTML5Translator, node: fold_line) -> None:
    """End the line."""
    translator.body.append("</summary>\n")


def nothing(translator: nodes.NodeVisitor, node: fold) -> None:
    """Leave the part as it is."""


def no_line(translator: nodes.NodeVisitor, node: fold_line) -> None:
    """Leave the line out: there is nothing that it could open."""
    raise nodes.SkipNode


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the nodes for every builder."""
    part, line = (nothing, nothing), (no_line, None)
    app.add_node(fold, html=(visit_fold, depart_fold), latex=part, text=part, man=part, texinfo=part)
    app.add_node(fold_line, html=(visit_line, depart_line), latex=line, text=line, man=line, texinfo=line)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
