"""claims.json: the book's claims as data."""

import json
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from press.claims.domain import claims_of
from press.finished import html_pages

WRITTEN_BY_SPHINX = {"genindex", "search", "py-modindex"}


def _refuse_stale_pages(app: Sphinx) -> None:
    """Refuse an output folder with a page in it that this book does not have: its claims are from another time."""
    site = Path(app.outdir)
    pages = {path.with_suffix("").as_posix() for path in html_pages(site)}
    stale = sorted(pages - app.env.found_docs - WRITTEN_BY_SPHINX)
    if stale:
        raise ExtensionError(f"stale pages in the output folder: {', '.join(stale)}", modname="press.claims")


def write_claims(app: Sphinx, exception: Exception | None) -> None:
    """Write claims.json beside the pages, once they stand."""
    if exception is not None or app.builder.format != "html":
        return
    domain = claims_of(app.env)
    _refuse_stale_pages(app)
    rows: list[dict[str, Any]] = [
        {
            "id": claim.id,
            "note": claim.note or None,
            "verdict": claim.verdict,
            "status": claim.status,
            "statement": claim.statement,
            "page": claim.page,
            "url": f"{app.builder.get_target_uri(claim.page)}#{claim.anchor}",
            "evidence": len(claim.evidence),
            "instead": claim.right if claim.verdict == "refuted" else None,
            "when": claim.right if claim.verdict == "depends" else None,
            "variations": claim.variations,
        }
        for claim in domain.claims
    ]
    text = json.dumps(rows, ensure_ascii=False, indent=1)
    Path(app.outdir, "claims.json").write_text(text + "\n", encoding="utf-8")
