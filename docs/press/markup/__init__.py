"""How a page is written as HTML: formulas, lines of code, names that are links, anchors that stay, what a screen reader says."""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from press.assets import bring

PARTS = ("accessible", "anchors", "folded_code", "imports", "linked_names", "long_lines", "math", "picture_first")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Load the parts."""
    bring(app, Path(__file__).parent, "linked_names.css")
    for part in PARTS:
        app.setup_extension(f"press.markup.{part}")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
