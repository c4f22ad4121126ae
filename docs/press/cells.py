"""Code cells: as a page's source promises them, as a page that was read holds them, and the claim that one is evidence for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from docutils import nodes
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

CELL = "{code-cell}"
FOLDED = "hide-input"
"""The tag of a cell whose code is folded."""

OPTION = re.compile(r":([\w-]+): *(.*)")
PARSER = MarkdownIt().use(front_matter_plugin).use(colon_fence_plugin)
PRESS = Path(__file__).resolve().parent


def pages_in(docs: Path) -> list[Path]:
    """List the sources of pages in a folder: those outside the press, and in no folder or file that begins with an underscore."""
    found = (path for path in docs.rglob("*.md") if PRESS not in path.resolve().parents)
    return sorted(path for path in found if not any(part.startswith(("_", ".")) for part in path.relative_to(docs).parts))


@dataclass(frozen=True)
class Block:
    """A directive as it stands in a page's source."""

    name: str
    argument: str
    content: str
    line: int
    options: dict[str, str] = field(default_factory=dict)

    def with_content(self, content: str) -> "Block":
        """Return the same directive with other content."""
        return replace(self, content=content)


def blocks_of_page(text: str) -> list[Block]:
    """Read the directives at the top level of a page."""
    return [_block(token) for token in PARSER.parse(text) if token.type == "fence" and token.info.startswith("{")]


def cells_of_page(text: str) -> list[Block]:
    """Read the code cells of a page's source."""
    return [block for block in blocks_of_page(text) if block.name == CELL]


def _block(token: Token) -> Block:
    name, _, argument = token.info.partition(" ")
    lines = token.content.splitlines()
    options = {}
    while lines and (match := OPTION.fullmatch(lines[0])):
        options[match[1]] = match[2].strip()
        lines.pop(0)
    if options and lines and not lines[0]:
        lines.pop(0)
    return Block(name, argument.strip(), "\n".join(lines), (token.map or [0])[0] + 1, options)


def is_cell(node: nodes.Node | None, element: str = "cell_code") -> bool:
    """Say whether a node is a code cell with its outputs, or the part of one that MyST-NB calls by another name."""
    return isinstance(node, nodes.container) and node.get("nb_element") == element


def parts(node: nodes.Element, element: str = "cell_code") -> Iterator[nodes.container]:
    """Find the code cells of a page, or the parts of a cell that MyST-NB calls by another name."""
    return (found for found in node.findall(nodes.container) if is_cell(found, element))


def cell_claim(node: nodes.Node) -> str:
    """Return the id of the claim that a node is evidence for; empty if it is for none, or is no code cell."""
    return str(node["cell_metadata"].get("claim", "")) if isinstance(node, nodes.container) and is_cell(node) else ""
