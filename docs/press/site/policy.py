"""Nothing from elsewhere, and no code inside a page: a Content-Security-Policy on every page, and a build that keeps to it.

A browser that meets something the policy forbids drops it silently, and a part of the page is dead. So the build looks for it
first: scripts and styles written into a page, event handlers, and whatever a page or a stylesheet would load from another host.
"""

import re
from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from press.finished import Finished, Page, Tag

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",  # pictures colour their parts so, and docutils sets the width of columns
        "img-src 'self' data:",  # the theme's stylesheets carry their icons as data
        "connect-src 'self'",  # the search fetches the pages that it quotes
        "form-action 'self'",
        "base-uri 'none'",
    ]
)
"""What a page may load and run. On disk, 'self' is every file."""

META = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}" />'

ELSEWHERE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
IN_STYLES = re.compile(r"(?:url\(|@import)\s*[\"']?\s*((?:[a-z][a-z0-9+.-]*:)?//[^\"')\s]*)", re.IGNORECASE)
LOADING = {
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src", "srcdoc"),
    "image": ("href", "xlink:href"),
    "img": ("src", "srcset"),
    "input": ("src",),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}
"""Which attributes of which tags make a browser load something."""

LINKS_ONLY = {"alternate", "author", "canonical", "help", "index", "license", "next", "prev", "search"}
"""What a ``link`` may be to another host: it is named, not loaded."""

DATA = {"application/json", "application/ld+json"}
"""Types of ``script`` that no browser runs."""


def faults_of_page(page: Page) -> Iterator[str]:
    """Say what a page does that its policy forbids, or that leads to another host."""
    guarded = False
    for tag in page.tags:
        guarded |= tag.name == "meta" and tag.values.get("http-equiv", "").lower() == "content-security-policy"
        if tag.name in ("script", "style", "link") and not guarded:
            yield f"<{tag.name}> before the policy"
        yield from _faults_of_tag(tag)
    if not guarded:
        yield "no policy"


def _faults_of_tag(tag: Tag) -> Iterator[str]:
    values = tag.values
    if tag.name == "style" or (tag.name == "script" and "src" not in values and values.get("type") not in DATA):
        yield f"inline <{tag.name}>"
    for name, value in values.items():
        if name.startswith("on"):
            yield f"<{tag.name} {name}>"
        if value.lstrip().lower().startswith("javascript:") or (name == "style" and IN_STYLES.search(value)):
            yield f'<{tag.name} {name}="{value}">'
    if tag.name == "link" and set(values.get("rel", "").split()) & LINKS_ONLY:
        return
    for name in LOADING.get(tag.name, ()):
        if any(ELSEWHERE.match(address) for address in values.get(name, "").split(",")):
            yield f'<{tag.name} {name}="{values[name]}">'


def faults_of(site: Finished) -> list[str]:
    """List what the pages and stylesheets of a finished site do against the policy.

    Args:
        site: The finished site.

    Returns:
        One line a fault: the file and what was found in it.
    """
    found = [f"{page.path}: {fault}" for page in site.pages for fault in faults_of_page(page)]
    for path in sorted(site.folder.rglob("*.css")):
        found += [f"{path.relative_to(site.folder)}: {address}" for address in IN_STYLES.findall(site.read(path))]
    return found


def put_policy(app: Sphinx, pagename: str, templatename: str, context: dict[str, str], doctree: nodes.document | None) -> None:
    """Put the policy first into the page's head, before anything that it is to judge."""
    context["metatags"] = META + context.get("metatags", "")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Guard each page as it is written; ``press.site`` looks once all are."""
    app.connect("html-page-context", put_policy, priority=950)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
