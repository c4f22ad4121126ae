"""Fail closed: no page is written unless this build proved every claim."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError, ExtensionError

from press.cells import pages_in
from press.claims.breaks import read_record
from press.claims.digest import current_digest
from press.claims.domain import ClaimDomain, claims_of
from press.claims.model import BROKEN, NO_EVIDENCE, NOT_RUN, RIGHT, VERDICTS, Claim
from press.claims.universal import unpaid
from press.claims.variations import digest_of_seeds, read_stood
from press.claims.versions import read_versions

REQUIRED = {
    "nb_execution_mode": "force",  # a cache does not see a changed package
    "nb_execution_in_temp": True,  # a page must not need a file that another page or build left behind
    "nb_output_stderr": "error",  # an error in a thread shows only there
    "nb_execution_allow_errors": True,  # so that one fallen claim does not hide those below it; every error ends the build here
}
MUST_BE_EMPTY = ("nb_execution_excludepatterns", "suppress_warnings")


def check_settings(app: Sphinx, config: Config) -> None:
    """Refuse settings under which a page could be shown without having run."""
    for name, value in REQUIRED.items():
        if config[name] != value:
            raise ConfigError(f"claims: {name} must be {value!r}, got {config[name]!r}")
    for name in MUST_BE_EMPTY:
        if config[name]:
            raise ConfigError(f"claims: {name} must be empty, got {config[name]!r}")


def refuse_unproved(app: Sphinx, env: BuildEnvironment) -> None:
    """Stop the build if anything is wrong, and name all of it."""
    domain = claims_of(env)
    found = [f"{page}:{problem.line}: {problem.name}: {problem.message}" for page, problem in domain.problems()]
    found += [line for claim in domain.claims for line in _complaints(claim, current_digest(app))]
    twice = [claim_id for claim_id, count in Counter(claim.id for claim in domain.claims).items() if count > 1]
    for claim_id in twice:
        pages = ", ".join(f"{claim.page}:{claim.line}" for claim in domain.claims if claim.id == claim_id)
        found.append(f"{pages}: duplicate id: {claim_id}")
    if app.config.claims_breaks:
        found += _unbroken(domain, Path(app.confdir, app.config.claims_breaks))
    if app.config.claims_variations:
        found += _unvaried(domain, Path(app.confdir, app.config.claims_variations))
    if app.config.claims_versions:
        found += _unsaid(domain, Path(app.confdir, app.config.claims_versions))
    found += [f"{page}: page left out: it is not part of the book, so nothing on it was run" for page in _left_out(env)]
    if not domain.claims:
        found.append("no claims: the book states nothing that could be proved")
    if found:
        raise ExtensionError("\n".join([f"{len(found)} reasons not to build this book", *found]), modname="press.claims")


def _unbroken(domain: ClaimDomain, path: Path) -> Iterator[str]:
    """Name the claims of which nobody has seen that their evidence can fall."""
    record = read_record(path)
    decided = {claim.id for claim in domain.claims if claim.verdict != "opinion"}
    yield from (f"claim without a break: {claim_id}" for claim_id in sorted(decided - domain.breaks.keys()))
    yield from (f"break of no claim: {claim_id}" for claim_id in sorted(domain.breaks.keys() - decided))
    stale = [
        claim_id for claim_id, digests in domain.breaks.items() for digest in digests if digest not in record.get(claim_id, {})
    ]
    if stale:
        yield f"{len(stale)} breaks were not recorded from these sources, {min(stale)} among them: run `make breaks`"


def _unvaried(domain: ClaimDomain, path: Path) -> Iterator[str]:
    """Name the claims of which nobody has seen that they stand under their variations, and under other seeds."""
    stood = read_stood(path)
    known = {claim.id for claim in domain.claims}
    yield from (f"variation of no claim: {claim_id}" for claim_id in sorted(domain.variations.keys() - known))
    stale = [
        claim_id for claim_id, digests in domain.variations.items() if set(digests) - set(stood.variations.get(claim_id, ()))
    ]
    if stale:
        yield f"variations were not recorded from these sources, those of {min(stale)} among them: run `make breaks`"
    pages = {claim.page for claim in domain.claims if claim.evidence}
    old = [page for page in pages if stood.seeds.get(page) != digest_of_seeds(domain.data["sources"][page])]
    if old:
        yield f"{len(old)} pages were not run under other seeds from these sources, {min(old)} among them: run `make breaks`"


def _unsaid(domain: ClaimDomain, folder: Path) -> Iterator[str]:
    """Name the claims whose evidence fell under a recorded torch that their sentence does not name."""
    for run in read_versions(folder):
        for claim in domain.claims:
            error = run.error(claim.page, domain.data["sources"][claim.page], claim.id)
            if error and not run.is_said(claim.statement):
                yield f"{claim.page}:{claim.line}: differs under torch {run.name} and does not say so: {claim.id}: {error}"


def _left_out(env: BuildEnvironment) -> list[str]:
    """Name the Markdown files that are no pages; folders that begin with an underscore hold none."""
    pages = {path.relative_to(env.srcdir).with_suffix("").as_posix() for path in pages_in(Path(env.srcdir))}
    return sorted(pages - env.found_docs)


def _complaints(claim: Claim, digest: str) -> Iterator[str]:
    where = f"{claim.page}:{claim.line}"
    if claim.verdict not in VERDICTS:
        yield f"{where}: unknown verdict: {claim.id} says {claim.verdict!r}, expected one of {', '.join(VERDICTS)}"
    if not claim.id.startswith(f"{claim.page.rsplit('/')[-1]}.") or not claim.statement:
        yield f"{where}: malformed claim: {claim.id!r} needs a statement, and an id that begins with its page's name and a dot"
    if claim.verdict in RIGHT and not claim.right:
        yield f"{where}: {claim.verdict} without :{RIGHT[claim.verdict]}:: {claim.id}"
    yield from (f"{where}: {reason}" for reason in unpaid(claim))
    if claim.verdict == "opinion" and claim.evidence:
        yield f"{where}: opinion with evidence: {claim.id}: what a run can decide is not an opinion"
    if claim.verdict == "depends" and len(claim.evidence) == 1:
        yield f"{where}: depends with one cell: {claim.id} must show where it holds and where it does not"
    if claim.status == NO_EVIDENCE:
        yield f"{where}: no evidence: {claim.id}"
    for evidence in claim.evidence:
        if evidence.status == BROKEN:
            yield f"{claim.page}:{evidence.line}: broken evidence: {claim.id}: {evidence.error}"
        if evidence.status == NOT_RUN:
            yield f"{claim.page}:{evidence.line}: evidence not run: {claim.id}"
        if evidence.digest != digest:
            yield f"{claim.page}:{evidence.line}: stale evidence: {claim.id} was proved from other sources"
