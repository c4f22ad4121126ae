"""No dead link: every address that a finished page names inside the site must exist, file and anchor."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.typing import ExtensionMetadata

from address import base_path


class Page(HTMLParser):
    """The anchors of a page, and the addresses that it names."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = {""}
        self.addresses: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag can be linked to by, and what it links to."""
        for name, value in attrs:
            if name in ("id", "name") and value:
                self.anchors.add(value)
            elif name in ("href", "src") and value is not None:
                self.addresses.append(value)


def html_pages(site: Path) -> list[Path]:
    """List the pages of a finished site, relative to it; the theme's templates among its assets are none."""
    pages = (path.relative_to(site) for path in site.rglob("*.html"))
    return sorted(page for page in pages if not page.parts[0].startswith("_"))


def file_of(site: Path, page: Path, address: str, base: str) -> Path:
    """Say which file of a site an address on one of its pages names.

    Args:
        site: The folder of the site.
        page: The page's file.
        address: The address, without a host.
        base: The path at which the site stands on its host: an address that begins with it is counted from the site's root.

    Returns:
        The file, which need not be there; the page itself for an address that is only an anchor.
    """
    path = unquote(urlsplit(address).path)
    if path.startswith(base):
        return (site / path.removeprefix(base)).resolve()
    return (page.parent / path).resolve() if path else page


def dead_links(site: Path, base: str = "/") -> list[str]:
    """List every address inside the site that leads nowhere, with the page that names it; ``base`` is that of ``file_of``."""
    pages = {(site / path).resolve(): Page(site / path) for path in html_pages(site)}
    found = []
    for path, page in pages.items():
        for address in page.addresses:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = file_of(site, path, address, base)
            anchors = pages[target].anchors if target in pages else {""}
            if not target.is_file() or (target in pages and unquote(parts.fragment) not in anchors):
                found.append(f"{path.relative_to(site.resolve())}: {address}")
    return found


def refuse_dead_links(app: Sphinx, exception: Exception | None) -> None:
    """End the build if a finished page leads nowhere."""
    if exception is None and app.builder.name == "html":
        found = dead_links(Path(app.outdir), base_path(app.config))
        if found:
            raise ExtensionError("\n".join([f"{len(found)} dead links", *sorted(set(found))]), modname="deadlinks")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Look once everything is written."""
    app.connect("build-finished", refuse_dead_links, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
