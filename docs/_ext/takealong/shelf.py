"""The finished volumes on the site: each is offered if it was made, and made from what this site is made from."""

import hashlib
import shutil
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from claims.digest import current_digest, digest_of_files

KINDS = {"latex": "pdf", "epub": "epub"}
STAMP = "sources"
"""The file beside a volume that says which sources it was made from."""


def sources_of(app: Sphinx) -> str:
    """Return the digest of all that decides what is in the book: pages, records, papers, and what the evidence depends on."""
    found = hashlib.sha256(current_digest(app).encode())
    found.update(digest_of_files(Path(app.confdir), tuple(app.config.claims_records)).encode())
    pages = [Path(app.env.doc2path(page)) for page in app.env.found_docs]
    for path in sorted([*pages, *(Path(app.confdir, name) for name in app.config.bibtex_bibfiles)]):
        found.update(path.read_bytes())
    return found.hexdigest()


def stamp(app: Sphinx, exception: Exception | None) -> None:
    """Say beside a volume what it is made from."""
    if exception is None and app.builder.name in KINDS:
        Path(app.outdir, STAMP).write_text(f"{sources_of(app)}\n", encoding="utf-8")


@cache
def volumes(app: Sphinx) -> dict[str, Path]:
    """Find the volumes that this site can offer, by kind: those that lie in ``_build`` and were made from the same sources."""
    found = {}
    for kind in KINDS.values():
        folder = Path(app.confdir, "_build", kind)
        made_from = folder / STAMP
        if made_from.is_file() and made_from.read_text(encoding="utf-8").strip() == sources_of(app):
            found[kind] = next(folder.glob(f"*.{kind}"))
    return found


def name_volumes(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Tell the template their names and sizes."""
    if app.builder.name == "html":
        context["volumes"] = {kind: (path.name, _size(path)) for kind, path in volumes(app).items()}


def _size(path: Path) -> str:
    return f"{max(path.stat().st_size / 1e6, 0.1):.1f} MB"


def put_up(app: Sphinx, exception: Exception | None) -> None:
    """Copy them to the site's own folder."""
    if exception is None and app.builder.name == "html":
        for path in volumes(app).values():
            shutil.copyfile(path, Path(app.outdir, path.name))


def register(app: Sphinx) -> None:
    """Stamp what is made, and offer what is there."""
    app.connect("html-page-context", name_volumes)
    app.connect("build-finished", stamp)
    app.connect("build-finished", put_up)
