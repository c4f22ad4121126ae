"""Take it along: every page with code as an executed notebook and as a script, and the whole book as PDF and EPUB.

1. ``offer`` writes notebook and script beside each page of the site, from the page as it was resolved and the run of this build.
2. ``volume`` prepares a page for paper: Sphinx's own builders write PDF and EPUB from the same reading of the pages.
3. ``tasks`` writes a notebook for each whole task, and ``wheel`` the package that they install.
4. ``shelf`` puts the finished volumes into the site that the same reading makes.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from press.assets import bring
from press.downloads import epub, offer, pdf, shelf, tasks, volume


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register what each format needs."""
    app.setup_extension("press.practice")
    app.setup_extension("sphinx_markdown_builder")
    bring(app, Path(__file__).parent, "downloads.css")
    for part in (offer, tasks, volume, pdf, epub, shelf):
        part.register(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
