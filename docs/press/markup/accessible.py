"""What a screen reader says where docutils and MyST-NB give it the wrong words.

The bibliography is a list of items: docutils gives an entry a role that is no longer in use and that no list may hold. The line
that opens a folded cell is named by its own words: MyST-NB's is called "Toggle hidden content", whatever it says.
"""

from html import escape

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator


def visit_citation(translator: HTML5Translator, node: nodes.citation) -> None:
    """Open the entry, and the list before its first."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        translator.body.append('<div role="list" class="citation-list">\n')
    translator.body.append(translator.starttag(node, "div", CLASS="citation", role="listitem"))


def depart_citation(translator: HTML5Translator, node: nodes.citation) -> None:
    """Close the entry, and the list after its last."""
    translator.body.append("</div>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), nodes.citation):
        translator.body.append("</div>\n")


def visit_hidden(translator: HTML5Translator, node: HideCodeCellNode) -> None:
    """Open the fold. Of the two words the stylesheet shows the one that fits."""
    translator.body.append(f'<details class="admonition hide {" ".join(node["classes"])}">\n<summary>')
    for state, words in (("collapsed", node["prompt_show"]), ("expanded", node["prompt_hide"])):
        translator.body.append(f'<span class="{state} admonition-title">{escape(words)}</span>')
    translator.body.append("</summary>\n")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Write both nodes in place of docutils and MyST-NB."""
    app.setup_extension("myst_nb")
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))
    app.add_node(HideCodeCellNode, override=True, html=(visit_hidden, depart_HideCellInput))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
