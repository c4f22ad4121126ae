"""No dead link: every address that a finished page names inside the site must exist, file and anchor."""

from urllib.parse import unquote, urlsplit

from press.finished import Finished, Page


def anchors(page: Page) -> set[str]:
    """Return what a page can be linked to by; the empty anchor is its top."""
    return {"", *(tag.values[name] for tag in page.tags for name in ("id", "name") if tag.values.get(name))}


def dead_links(site: Finished) -> list[str]:
    """List every address inside the site that leads nowhere, with the page that names it."""
    targets = {(site.folder / page.path).resolve(): anchors(page) for page in site.pages}
    found = []
    for page in site.pages:
        addresses = [tag.values[name] for tag in page.tags for name in tag.values if name in ("href", "src")]
        for address in addresses:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = site.file_of(page, address)
            if not target.is_file() or (target in targets and unquote(parts.fragment) not in targets[target]):
                found.append(f"{page.path}: {address}")
    return found
