"""Take it along: every page with code as an executed notebook and as a script, and the whole book as PDF and EPUB.

1. ``pages`` writes notebook and script beside each page of the site, from the page as it was resolved and the run of this build.
2. ``volumes`` prepares a page for paper: ``make pdf`` and ``make epub`` run Sphinx's own builders on the same sources.
3. ``shelf`` puts the finished volumes into the site, if they were made from the sources that the site is made from.
"""

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from takealong import epub, pages, shelf, volumes


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register what each format needs."""
    app.setup_extension("claims")
    app.setup_extension("sphinx_markdown_builder")
    pages.register(app)
    volumes.register(app)
    epub.register(app)
    shelf.register(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
