"""claims.json: the book's claims as data."""

import json
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from claims.domain import ClaimDomain


def write_claims(app: Sphinx, exception: Exception | None) -> None:
    """Write claims.json beside the pages, once they stand."""
    if exception is not None or app.builder.format != "html":
        return
    domain = app.env.domains["claim"]
    assert isinstance(domain, ClaimDomain)
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
        }
        for claim in domain.claims
    ]
    text = json.dumps(rows, ensure_ascii=False, indent=1)
    Path(app.outdir, "claims.json").write_text(text + "\n", encoding="utf-8")
