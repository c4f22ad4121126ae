"""Names of the package in code cells lead to the page that documents them.

sphinx-codeautolink is not used: it parses what cells print as if it were Python, and warns; it rewrites finished pages with a
parser that changes them elsewhere too; and a page that is written again without being read loses its links.
"""

from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

from codelinks.markup import with_links
from codelinks.names import Use, uses_in_cells


class linked_code(nodes.literal_block):  # noqa: N801 - docutils names its nodes in lower case
    """Python in which some names are links: ``links`` is a list of name and address."""


class LinkCells(SphinxPostTransform):
    """Find the names in a page's cells, in the order in which the cells run."""

    default_priority = 950  # after everything that looks for code in order to change it
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Replace the cells' code by code with links."""
        blocks = [block for cell in self.document.findall(_is_cell) for block in list(cell.findall(nodes.literal_block))[:1]]
        for block, uses in zip(blocks, uses_in_cells([block.astext() for block in blocks]), strict=True):
            links = list(self._links(uses))
            if links:
                block.replace_self(linked_code(block.rawsource, block.astext(), **block.attributes, links=links))

    def _links(self, uses: list[Use]) -> Iterator[tuple[Use, str]]:
        documented = self.env.domains.python_domain.objects
        docname = self.env.current_document.docname
        for use in uses:
            if use.full_name in documented:
                entry = documented[use.full_name]
                yield use, f"{self.app.builder.get_relative_uri(docname, entry.docname)}#{entry.node_id}"


def _is_cell(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code_source"


def visit_linked_code(translator: HTML5Translator, node: linked_code) -> None:
    """Write the code as Sphinx does, with links in it."""
    start = len(translator.body)
    try:
        translator.visit_literal_block(node)
    except nodes.SkipNode:
        written = "".join(translator.body[start:])
        translator.body[start:] = [with_links(written, node.astext(), node["links"])]
        raise


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register node and transform."""
    app.add_node(linked_code, html=(visit_linked_code, None))
    app.add_post_transform(LinkCells)
    app.add_css_file("codelinks.css")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
