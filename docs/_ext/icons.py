"""No icon without a picture: each that a finished page names must be drawn in icons.css."""

import re
from html.parser import HTMLParser
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.typing import ExtensionMetadata

from deadlinks import html_pages

NOT_A_PICTURE = {"fa-solid", "fa-regular", "fa-brands", "fa-lg", "fa-fw", "fa-sm", "fa-xs"}
"""Style and size, in the icon font's words."""


class Icons(HTMLParser):
    """The icons that a page names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the icons of one tag."""
        classes = (dict(attrs).get("class") or "").split()
        self.names |= {name for name in classes if name.startswith("fa-")} - NOT_A_PICTURE


def missing_icons(site: Path) -> list[str]:
    """List the icons of a finished site that nobody drew.

    Args:
        site: the folder of the site.

    Returns:
        One line an icon and page.
    """
    drawn = set(
        re.findall(r"\.(fa-[a-z0-9-]+)(?=[^{}]*\{\s*--icon:)", (site / "_static" / "icons.css").read_text(encoding="utf-8"))
    )
    pages = {path: Icons((site / path).read_text(encoding="utf-8")).names for path in html_pages(site)}
    return [f"{path}: {name}" for path, names in pages.items() for name in sorted(names - drawn)]


def refuse_missing(app: Sphinx, exception: Exception | None) -> None:
    """End the build if a page would show a gap."""
    if exception is None and app.builder.name == "html":
        found = missing_icons(Path(app.outdir))
        if found:
            raise ExtensionError("\n".join(["icons that icons.css does not draw", *found]), modname="icons")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Look once everything is written."""
    app.connect("build-finished", refuse_missing, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
