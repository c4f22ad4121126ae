"""Claims: sentences that the build must prove.

A page states a claim with ``{claim}`` and proves it with code cells that name it. The build reads what those cells did in this
very run, shows claim, verdict and evidence as one block, and stops before a single page is written if any claim is left unproved.

Phases, in order:

1. read: ``directives`` puts a claim into the page, ``gather`` moves its evidence into it, ``domain`` records both.
2. env-updated: ``guard`` refuses the book, naming every claim that fell.
3. doctree-resolved: ``render`` writes heads, ledger, question list and error index from the same records.
4. build-finished: ``export`` writes claims.json.
"""

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from claims import digest, directives, export, gather, guard, kernel, render
from claims.domain import ClaimDomain


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the domain, its directives and roles, and the handlers in the order in which they run."""
    app.add_config_value("claims_sources", [], "env", types=frozenset({list}))
    app.add_config_value("claims_breaks", "", "env", types=frozenset({str}))
    app.add_config_value("claims_records", [], "env", types=frozenset({list}))
    app.add_config_value("claims_versions", "", "env", types=frozenset({str}))
    app.setup_extension("folds")
    app.add_domain(ClaimDomain)
    directives.register(app)
    app.connect("config-inited", guard.check_settings)
    app.connect("config-inited", kernel.check_environment)
    app.connect("builder-inited", kernel.clean_start)
    app.connect("env-get-outdated", digest.outdated_pages)
    app.connect("env-before-read-docs", render.note_reading)
    app.add_transform(gather.GatherEvidence)
    app.connect("env-updated", guard.refuse_unproved, priority=900)
    app.connect("env-updated", render.pages_to_write)
    app.connect("doctree-resolved", render.fill)
    app.connect("build-finished", export.write_claims)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
