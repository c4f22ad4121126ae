"""No dead end: every address inside the site, in its pages and styles, leads to a file and an anchor that are there."""

import re
from urllib.parse import unquote, urlsplit

from press.finished import Finished
from press.site.links import dead_links
from tests.site.built import BASE, Site, source_pages

# An address in a style sheet; one inside another quoted address (an SVG's own) is none.
URL = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]*))\s*\)|@import\s+["']([^"']+)""")


def missing_pages(site: Site) -> list[str]:
    """List the pages of the sources that the site lacks."""
    return [f"{page}: not in the site" for page in source_pages() if page not in site.pages]


def dead_in_styles(site: Site) -> list[str]:
    """List what the style sheets name and the site does not have, or what lies outside of it."""
    found = []
    for sheet in sorted(site.folder.rglob("*.css")):
        for address in filter(None, sum(URL.findall(sheet.read_text(encoding="utf-8")), ())):
            parts = urlsplit(address)
            if parts.scheme == "data" or address.startswith("#"):
                continue
            if parts.scheme or parts.netloc or not (sheet.parent / unquote(parts.path)).is_file():
                found.append(f"{sheet.relative_to(site.folder).as_posix()}: {address}")
    return found


def faults(site: Site) -> list[str]:
    """List every dead end of the whole site."""
    return missing_pages(site) + dead_links(Finished(site.folder, BASE)) + dead_in_styles(site)
