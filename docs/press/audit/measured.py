"""Measured figures: a fragment that a program wrote, what it was measured from, and ``{measured}``, which shows it on a page.

A program that has an environment of its own writes only the fragment; ``python -m press.audit.measured FRAGMENT TARGET
SOURCE...`` adds the rest.

A fragment whose sources are others today says so: "The sources have changed since."
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from press.cells import cells_of_page, pages_in
from press.claims.breaks import digest_of_sources

CHANGED = "The sources have changed since."
MARK = "---\n"


def write(path: Path, fragment: str, sources: Sequence[str], root: Path) -> None:
    """Write a fragment, with what it was measured from.

    Args:
        path: The file; its name begins with an underscore, so that it is no page.
        fragment: Markdown.
        sources: Patterns of files, relative to the root. Of a page only the cells count, of a module only its bare code.
        root: The folder of the project.
    """
    head = yaml.safe_dump({"sources": list(sources), "digest": digest(sources, root)}, sort_keys=False)
    path.write_text(f"{MARK}{head}{MARK}{fragment}", encoding="utf-8")


def digest(sources: Iterable[str], root: Path) -> str:
    """Return the digest of the files that match.

    Raises:
        ValueError: A pattern matches nothing.
    """
    files: set[Path] = set()
    for pattern in sources:
        found = {path for path in root.glob(pattern) if path.is_file() and "__pycache__" not in path.parts}
        if not found:
            raise ValueError(f"a measurement names its sources, got no file for {pattern!r}")
        files |= found
    pages = {path for path in files if path.suffix == ".md"} & {*pages_in(root / "docs")}
    cells = [cell.content for page in sorted(pages) for cell in cells_of_page(page.read_text(encoding="utf-8"))]
    return digest_of_sources(cells, sorted(path for path in files if path.suffix != ".md"), root)


def split(text: str) -> tuple[dict[str, str], str]:
    """Part a fragment's file into what it was measured from, and what a page shows."""
    _, head, fragment = text.split(MARK, 2)
    return yaml.safe_load(head), fragment


class MeasuredDirective(SphinxDirective):
    """Show a fragment; say so if it is older than its sources, as they were when the page was last read."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Read it, and note that the page depends on it."""
        path = Path(self.env.doc2path(self.env.docname)).parent / self.arguments[0]
        self.env.note_dependency(path)
        try:
            head, fragment = split(path.read_text(encoding="utf-8"))
            today = digest(head["sources"], Path(self.env.app.confdir))
        except (OSError, ValueError, KeyError) as error:
            raise ExtensionError(
                f"{self.env.docname}: {self.arguments[0]} is no measured fragment: {error}", modname="press"
            ) from error
        found = self.parse_text_to_nodes(fragment)
        return found if head["digest"] == today else [*found, nodes.paragraph("", CHANGED)]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("measured", MeasuredDirective)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    fragment, target, *patterns = sys.argv[1:]
    write(Path(target), Path(fragment).read_text(encoding="utf-8"), patterns, Path.cwd())
