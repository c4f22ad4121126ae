"""Claims: sentences that the build must prove.

A page states a claim with ``{claim}`` and proves it with code cells that name it. The build reads what those cells did in this
very run, shows claim, verdict and evidence as one block, and stops before a single page is written if any claim is left unproved.

Phases, in order:

1. read: ``directives`` puts a claim into the page, ``gather`` moves its evidence into it, ``domain`` records both.
2. env-updated: ``guard`` refuses the book, naming every claim that fell.
3. resolving: ``lists`` fills ledger, question list and error index, and writes the heads, from the same records.
4. build-finished: ``export`` writes claims.json.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from press.assets import bring, bring_for
from press.claims import digest, directives, export, gather, guard, lists
from press.claims.domain import ClaimDomain


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the domain, its directives and roles, and the handlers in the order in which they run."""
    app.add_config_value("claims_sources", [], "env", types=frozenset({list}))
    app.add_config_value("claims_breaks", "", "env", types=frozenset({str}))
    app.add_config_value("claims_variations", "", "env", types=frozenset({str}))
    app.add_config_value("claims_records", [], "env", types=frozenset({list}))
    app.add_config_value("claims_versions", "", "env", types=frozenset({str}))
    app.add_config_value("claims_notes", "", "html", types=frozenset({str}))
    app.setup_extension("press.folds")
    app.setup_extension("press.places")
    app.add_domain(ClaimDomain)
    bring(app, Path(__file__).parent, "claims.css", "lists.css")
    bring_for(app, "claim-ledger", "ledger.js")
    directives.register(app)
    app.connect("config-inited", guard.check_settings)
    app.connect("env-get-outdated", digest.outdated_pages)
    app.add_transform(gather.GatherEvidence)
    app.connect("env-updated", guard.refuse_unproved, priority=900)
    app.connect("env-updated", lists.pages_to_write)
    app.connect("place-fill", lists.fill)
    app.connect("doctree-resolved", lists.write_heads)
    app.connect("build-finished", export.write_claims)
    return {"version": "1", "env_version": 2, "parallel_read_safe": True, "parallel_write_safe": True}
