"""The book for e-readers: Sphinx's EPUB, with what the standard asks for where pages hold formulas, and without scripts."""

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.epub3 import Epub3Builder

from press.downloads.colours import with_values

STYLE = "epub.css"
ITEM = re.compile(r'<item id="([^"]*)" href="([^"]*\.xhtml)" media-type="application/xhtml\+xml" />')
KINDS = {"mathml": "<math", "svg": "<svg", "scripted": "<script"}
"""What a page must say in the list of files if it holds it."""


class BookEpub(Epub3Builder):
    """Sphinx's builder; formulas are MathML, which EPUB 3 has for them."""

    def init(self) -> None:
        """Use the theme of e-books as it is: the book's own templates change the theme of the site."""
        self.config.templates_path = []
        super().init()

    def copy_html_static_files(self, context: dict[str, Any]) -> None:
        """Write the one stylesheet that an e-reader needs, in the colours of the site's light pages."""
        style = Path(__file__).with_name(STYLE).read_text(encoding="utf-8")
        Path(self.outdir, "_static", STYLE).write_text(with_values(style), encoding="utf-8")

    def build_content(self) -> None:
        """Name, in the list of files, the pages that hold more than plain XHTML."""
        super().build_content()
        path = Path(self.outdir, "content.opf")
        path.write_text(ITEM.sub(self._with_properties, path.read_text(encoding="utf-8")), encoding="utf-8")

    def _with_properties(self, item: re.Match[str]) -> str:
        page = Path(self.outdir, item[2]).read_text(encoding="utf-8")
        found = " ".join(kind for kind, sign in KINDS.items() if sign in page)
        return item[0].replace(" />", f' properties="{found}" />') if found else item[0]


def clean_page(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Leave out what is the site's: its policy, its scripts, and its stylesheets but one."""
    if app.builder.name == "epub":
        context["metatags"] = ""
        context["script_files"] = []
        context["css_files"] = [f"_static/{STYLE}", "_static/pygments.css"]


def register(app: Sphinx) -> None:
    """Take the place of Sphinx's builder."""
    app.add_builder(BookEpub, override=True)
    app.connect("html-page-context", clean_page, priority=990)
