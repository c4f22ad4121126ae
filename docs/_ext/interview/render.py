"""Two nodes that fold, in plain HTML: a part that opens on demand, and the line that stays visible."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


class fold(nodes.General, nodes.Element):  # noqa: N801 - docutils names its nodes in lower case
    """A part that opens on demand. Its first child is a ``fold_head``."""


class fold_head(nodes.General, nodes.TextElement):  # noqa: N801
    """The line of a fold that stays visible; unlike that of ``folds.folded`` it may hold code and formulas."""


def _visit_fold(translator: HTML5Translator, node: fold) -> None:
    translator.body.append(translator.starttag(node, "details"))


def _depart_fold(translator: HTML5Translator, node: fold) -> None:
    translator.body.append("</details>\n")


def _visit_head(translator: HTML5Translator, node: fold_head) -> None:
    translator.body.append(translator.starttag(node, "summary", ""))


def _depart_head(translator: HTML5Translator, node: fold_head) -> None:
    translator.body.append("</summary>\n")


def register(app: Sphinx) -> None:
    """Make the nodes known; the page is filled for HTML alone, so no other format meets them."""
    app.add_node(fold, html=(_visit_fold, _depart_fold))
    app.add_node(fold_head, html=(_visit_head, _depart_head))
