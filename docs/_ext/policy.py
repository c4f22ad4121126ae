"""Nothing from elsewhere, and no code inside a page: a Content-Security-Policy on every page, and a build that keeps to it.

A browser that meets something the policy forbids drops it silently, and a part of the page is dead. So the build looks for it
first: scripts and styles written into a page, event handlers, and whatever a page or a stylesheet would load from another host.
"""

import re
from html.parser import HTMLParser
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.typing import ExtensionMetadata

from deadlinks import html_pages

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


class Page(HTMLParser):
    """What a page does that its policy forbids, or that leads to another host."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.guarded = False
        self.feed(text)
        if not self.guarded:
            self.faults.append("no policy")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Judge one tag."""
        values = {name: value or "" for name, value in attrs}
        if tag == "meta" and values.get("http-equiv", "").lower() == "content-security-policy":
            self.guarded = True
        if tag in ("script", "style", "link") and not self.guarded:
            self.faults.append(f"<{tag}> before the policy")
        if tag == "style" or (tag == "script" and "src" not in values and values.get("type") not in DATA):
            self.faults.append(f"inline <{tag}>")
        for name, value in values.items():
            if name.startswith("on"):
                self.faults.append(f"<{tag} {name}>")
            if value.lstrip().lower().startswith("javascript:"):
                self.faults.append(f'<{tag} {name}="{value}">')
            if name == "style" and IN_STYLES.search(value):
                self.faults.append(f'<{tag} style="{value}">')
        if tag == "link" and set(values.get("rel", "").split()) & LINKS_ONLY:
            return
        for name in LOADING.get(tag, ()):
            if any(ELSEWHERE.match(address) for address in values.get(name, "").split(",")):
                self.faults.append(f'<{tag} {name}="{values[name]}">')


def faults_of(site: Path) -> list[str]:
    """List what the pages and stylesheets of a finished site do against the policy.

    Args:
        site: the folder of the site.

    Returns:
        One line a fault: the file and what was found in it.
    """
    found = [f"{path}: {fault}" for path in html_pages(site) for fault in Page((site / path).read_text(encoding="utf-8")).faults]
    for path in sorted(site.rglob("*.css")):
        addresses = IN_STYLES.findall(path.read_text(encoding="utf-8"))
        found += [f"{path.relative_to(site)}: {address}" for address in addresses]
    return found


def put_policy(app: Sphinx, pagename: str, templatename: str, context: dict[str, str], doctree: nodes.document | None) -> None:
    """Put the policy first into the page's head, before anything that it is to judge."""
    context["metatags"] = META + context.get("metatags", "")


def refuse_faults(app: Sphinx, exception: Exception | None) -> None:
    """End the build if a browser would drop something, or ask another host for it."""
    if exception is None and app.builder.name == "html":
        found = faults_of(Path(app.outdir))
        if found:
            raise ExtensionError("\n".join([f"{len(found)} times against the policy", *found]), modname="policy")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Guard each page as it is written, and look once all are."""
    app.connect("html-page-context", put_policy, priority=950)
    app.connect("build-finished", refuse_faults, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
