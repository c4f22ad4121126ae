"""What a reader can touch: ``{live} NAME`` is a widget in HTML, and a picture of the run in every other format."""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from press.assets import bring
from press.live import embed


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive, what fills its place, and the data of its widgets."""
    bring(app, Path(__file__).parent)
    app.add_node(embed.live, html=(embed.visit_live, None))
    app.add_directive("live", embed.LiveDirective)
    app.connect("place-fill", embed.fill)
    app.connect("html-page-context", embed.add_files)
    app.connect("build-finished", embed.write_data)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
