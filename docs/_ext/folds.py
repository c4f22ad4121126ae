"""A part of a page that opens on demand, in plain HTML."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator


class folded(nodes.General, nodes.Element):  # noqa: N801 - docutils names its nodes in lower case
    """A part with a ``summary`` that stays visible; where nothing folds, only the part is shown."""


def visit_folded(translator: HTML5Translator, node: folded) -> None:
    """Open the fold."""
    summary = translator.encode(node["summary"])
    translator.body.append(translator.starttag(node, "details") + f"<summary>{summary}</summary>\n")


def depart_folded(translator: HTML5Translator, node: folded) -> None:
    """Close the fold."""
    translator.body.append("</details>\n")


def nothing(translator: nodes.NodeVisitor, node: folded) -> None:
    """Leave the part as it is."""


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the node for every builder."""
    plain = (nothing, nothing)
    app.add_node(folded, html=(visit_folded, depart_folded), latex=plain, text=plain, man=plain, texinfo=plain)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
