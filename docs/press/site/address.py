"""What needs to know where the site will stand: sitemap, robots.txt, the page for a wrong address, and what a shared link shows.

The address is ``html_baseurl``. While it is unknown, nothing is written that would need it, so that no page tells a made-up one.

sphinx-sitemap is not used: it lists pages in the order in which parallel processes end, which differs between two builds.
"""

from pathlib import Path
from urllib.parse import urljoin, urlsplit
from xml.sax.saxutils import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError
from sphinx.util.typing import ExtensionMetadata

NOT_FOUND = "404"
NOT_LISTED = {NOT_FOUND}  # pages that nobody should be led to
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'


def base_path(config: Config) -> str:
    """Return the path under which the site stands on its host, with a slash at both ends."""
    return urlsplit(config.html_baseurl).path or "/"


def settle(app: Sphinx, config: Config) -> None:
    """Bring the address into one form, and hand it to the extensions that need it.

    Raises:
        ConfigError: The address is not one that a browser could open.
    """
    if config.html_baseurl:
        parts = urlsplit(config.html_baseurl)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            raise ConfigError(f"address: the site's address must be like https://host/path/, got {config.html_baseurl!r}")
        config.html_baseurl = config.html_baseurl.rstrip("/") + "/"
        config.ogp_site_url = config.html_baseurl
    # A host serves the page for wrong addresses at any depth, so its links begin at the root.
    config.notfound_urls_prefix = base_path(config)


def root_links(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Let the links of the page for wrong addresses begin at the root too; the theme's are led there by sphinx-notfound-page."""
    if docname == NOT_FOUND and app.builder.name in ("html", "dirhtml"):
        for link in doctree.findall(nodes.reference):
            if link.get("internal") and "refuri" in link:
                link["refuri"] = base_path(app.config) + link["refuri"]


def write_files(app: Sphinx, exception: Exception | None) -> None:
    """Write robots.txt, and a sitemap if the address is known."""
    if exception is not None or app.builder.name not in ("html", "dirhtml"):
        return
    base = app.config.html_baseurl
    robots = "User-agent: *\nAllow: /\n"
    if base:
        places = sorted(urljoin(base, app.builder.get_target_uri(page)) for page in app.env.found_docs - NOT_LISTED)
        rows = [f"<url><loc>{escape(place)}</loc></url>\n" for place in places]
        Path(app.outdir, "sitemap.xml").write_text(f"{HEAD}{''.join(rows)}</urlset>\n", encoding="utf-8")
        robots += f"Sitemap: {base}sitemap.xml\n"
    Path(app.outdir, "robots.txt").write_text(robots, encoding="utf-8")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Settle the address first, write the files last."""
    if app.config.html_baseurl:
        app.setup_extension("sphinxext.opengraph")
    app.connect("config-inited", settle, priority=100)
    app.connect("doctree-resolved", root_links, priority=900)
    app.connect("build-finished", write_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
