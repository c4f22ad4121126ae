"""Names of the package in code cells lead to the page that documents them.

sphinx-codeautolink is not used: it parses what cells print as if it were Python, and warns; it rewrites finished pages with a
parser that changes them elsewhere too; and a page that is written again without being read loses its links.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

from press.cells import parts

PACKAGE = "transformer"
PIECES = re.compile(r"<[^>]*>|&[^;]+;|[^<&]+")


@dataclass(frozen=True)
class Use:
    """A name at a place of a cell: line and column count from 0, ``full_name`` is what it was imported as."""

    line: int
    column: int
    name: str
    full_name: str


def uses_in_cells(cells: list[str]) -> list[list[Use]]:
    """List the uses of imported names, cell by cell; a name is known from the cell that imports it to one that binds it anew."""
    known: dict[str, str] = {}
    return [_uses(cell, known) for cell in cells]


def _uses(cell: str, known: dict[str, str]) -> list[Use]:
    try:
        tree = ast.parse(cell)
    except SyntaxError:
        return []
    found = []
    lines = cell.splitlines()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                found.append(_use(alias, lines, alias.name, f"{node.module}.{alias.name}"))
    for name in _bound(tree):
        known.pop(name, None)
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in known]
    found += [_use(node, lines, node.id, known[node.id]) for node in names]
    return sorted(found, key=lambda use: (use.line, use.column))


def _bound(tree: ast.Module) -> set[str]:
    """Return the names that a cell gives another meaning somewhere: no link is better than a wrong one."""
    bound: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(ctx=ast.Store() | ast.Del()):
                bound.add(node.id)
            case ast.FunctionDef() | ast.ClassDef():
                bound.add(node.name)
            case ast.arg():
                bound.add(node.arg)
    return bound


def _use(node: ast.Name | ast.alias, lines: list[str], name: str, full_name: str) -> Use:
    # Python counts columns in bytes.
    column = len(lines[node.lineno - 1].encode()[: node.col_offset].decode())
    return Use(node.lineno - 1, column, name, full_name)


def with_links(written: str, source: str, links: Sequence[tuple[Use, str]]) -> str:
    """Wrap names in links; ``written`` is the whole block as HTML, whose text is ``source``.

    A name is one token, so it stands in one piece of text. If the text is another than the source, as it would be with line
    numbers, the block is returned as it is.
    """
    pieces = PIECES.findall(written)
    texts = ["" if piece.startswith("<") else unescape(piece) for piece in pieces]
    before = len("".join(texts)) - len("".join(texts).lstrip())
    text = "".join(texts).strip()
    if text != source.strip():
        return written
    offset = before - (len(source) - len(source.lstrip()))
    starts = _starts_of_lines(source)
    places = {starts[use.line] + use.column + offset: (use, address) for use, address in links}
    position = 0
    for i, piece in enumerate(texts):
        if position in places and piece.startswith(places[position][0].name):
            use, address = places[position]
            label = escape(use.full_name, quote=True)
            rest = escape(piece[len(use.name) :])
            pieces[i] = f'<a class="code-link" href="{escape(address)}" title="{label}">{escape(use.name)}</a>{rest}'
        position += len(piece)
    return "".join(pieces)


def _starts_of_lines(source: str) -> list[int]:
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


class linked_code(nodes.literal_block):  # noqa: N801 - docutils names its nodes in lower case
    """Python in which some names are links: ``links`` is a list of name and address."""


class LinkCells(SphinxPostTransform):
    """Find the names in a page's cells, in the order in which the cells run."""

    default_priority = 950  # after everything that looks for code in order to change it
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Replace the cells' code by code with links."""
        blocks = [
            block for cell in parts(self.document, "cell_code_source") for block in list(cell.findall(nodes.literal_block))[:1]
        ]
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
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
