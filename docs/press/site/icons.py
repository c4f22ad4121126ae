"""No icon without a picture: each that a finished page names must be drawn in icons.css."""

import re

from press.finished import Finished, Page

NOT_A_PICTURE = {"fa-solid", "fa-regular", "fa-brands", "fa-lg", "fa-fw", "fa-sm", "fa-xs"}
"""Style and size, in the icon font's words."""

DRAWN = re.compile(r"\.(fa-[a-z0-9-]+)(?=[^{}]*\{\s*--icon:)")


def icons_of(page: Page) -> set[str]:
    """Return the icons that a page names."""
    classes = {name for tag in page.tags for name in tag.values.get("class", "").split()}
    return {name for name in classes if name.startswith("fa-")} - NOT_A_PICTURE


def missing_icons(site: Finished) -> list[str]:
    """List the icons of a finished site that nobody drew, one line an icon and page."""
    drawn = set(DRAWN.findall(site.read("_static/icons.css")))
    return [f"{page.path}: {name}" for page in site.pages for name in sorted(icons_of(page) - drawn)]
