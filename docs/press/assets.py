"""What a wing brings along for the browser: its folders ``static`` and ``templates``, and which pages name what is in them."""

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from press.places import pages_of

TAKE_ALONG = "take-along"
"""The folder of the site with what a reader takes along."""

AFTER_THE_BOOK = 900
"""The order of stylesheets: the theme's and those of single pages (500), those in conf.py (800), the wings', that for print."""


def bring(app: Sphinx, wing: Path, *styles: str) -> None:
    """Take a wing's files along.

    Args:
        app: The application.
        wing: The wing's folder.
        styles: The stylesheets in its ``static`` that every page names, in this order.
    """

    def add_folders(app: Sphinx, config: Config) -> None:
        for setting, folder in (("html_static_path", wing / "static"), ("templates_path", wing / "templates")):
            if folder.is_dir():
                config[setting] = [*config[setting], str(folder)]

    app.connect("config-inited", add_folders)
    for style in styles:
        app.add_css_file(style, priority=AFTER_THE_BOOK)


def bring_for(app: Sphinx, kind: str, script: str, *styles: str) -> None:
    """Give script and styles to the pages that have a place of one kind, and to no other.

    Args:
        app: The application.
        kind: The kind of place.
        script: The script, in a wing's ``static``.
        styles: The stylesheets, in a wing's ``static``.
    """

    def add(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
        if kind in pages_of(app.env).get(pagename, ()):
            app.add_js_file(script, loading_method="defer")
            for style in styles:
                app.add_css_file(style)

    app.connect("html-page-context", add)
