"""The claim domain: what every page states and what its cells proved."""

from collections.abc import Iterable, Iterator, Set
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.nodes import Element
from sphinx.addnodes import pending_xref
from sphinx.builders import Builder
from sphinx.domains import Domain, ObjType
from sphinx.environment import BuildEnvironment
from sphinx.roles import XRefRole
from sphinx.util.nodes import make_refnode

from press.cells import cell_claim, cells_of_page
from press.claims.assertions import enumerates
from press.claims.changes import changes_of_page
from press.claims.digest import current_digest
from press.claims.executed import Cell, executed_notebook, faults_of_executed
from press.claims.gather import claim_blocks, words_of
from press.claims.model import BROKEN, NOT_RUN, PROVED, RIGHT, VERDICTS, Claim, Evidence, Problem, Provoked
from press.claims.source import faults_of_page
from press.claims.text import plain_text

PER_PAGE = ("claims", "breaks", "variations", "provoked", "problems", "digests", "sources")


class ClaimDomain(Domain):
    """Keep, for each page: its claims with their evidence, the errors it provoked, and what is wrong with it."""

    name = "claim"
    label = "Claim"
    object_types = {"claim": ObjType("claim", "ref")}  # noqa: RUF012 - Sphinx declares these as plain class attributes
    roles = {"ref": XRefRole(innernodeclass=nodes.inline)}  # noqa: RUF012
    initial_data = {key: {} for key in PER_PAGE}  # noqa: RUF012
    data_version = 4

    @property
    def claims(self) -> list[Claim]:
        """Every claim of the book, in the order in which one reads it."""
        return [claim for page in self.pages for claim in self.data["claims"].get(page, ())]

    @property
    def pages(self) -> list[str]:
        """Every page that has been read: as the toctrees lead through them, then the rest by name."""
        found: dict[str, None] = {}
        waiting = [self.env.config.root_doc]
        while waiting:
            page = waiting.pop()
            if page not in found:
                found[page] = None
                waiting += reversed(self.env.toctree_includes.get(page, ()))
        return [*found, *sorted(self.data["digests"].keys() - found)]

    @property
    def breaks(self) -> dict[str, list[str]]:
        """The digests of every claim's breaks."""
        return {claim: digests for page in self.data["breaks"].values() for claim, digests in page.items()}

    @property
    def variations(self) -> dict[str, list[str]]:
        """The digests of every claim's variations, where there are any."""
        return {claim: digests for page in self.data["variations"].values() for claim, digests in page.items()}

    def find(self, claim_id: str) -> Claim | None:
        """Return the claim with this id, or None."""
        return next((claim for claim in self.claims if claim.id == claim_id), None)

    def clear_doc(self, docname: str) -> None:
        """Forget a page."""
        for key in PER_PAGE:
            self.data[key].pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        """Take over the pages that another process has read."""
        for key in PER_PAGE:
            self.data[key].update({page: found for page, found in otherdata[key].items() if page in docnames})

    def note_problem(self, docname: str, line: int, name: str, message: str) -> None:
        """Record something that keeps the book from being built."""
        self.data["problems"].setdefault(docname, []).append(Problem(line, name, message))

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        """Record the page's claims and what this build's run of the page did for each."""
        digest = current_digest(env._app)
        self.data["digests"][docname] = digest
        blocks = claim_blocks(document)
        path = Path(env.doc2path(docname))
        if path.suffix != ".md":
            self.note_problem(docname, 1, "page not in Markdown", f"{path.name}: a stored output could pass for a fresh one")
            return
        notebook = executed_notebook(env, docname)
        text = path.read_text(encoding="utf-8")
        self.data["problems"].setdefault(docname, []).extend(faults_of_page(text))
        promised = cells_of_page(text)
        changes = changes_of_page(text, Path(env._app.confdir))
        self.data["sources"][docname] = changes.sources
        self.data["breaks"][docname] = changes.breaks
        self.data["variations"][docname] = changes.variations
        self.data["problems"][docname] += changes.problems
        if notebook is None:
            named = [node for node in document.findall(nodes.container) if cell_claim(node)]
            cells = [Cell("", node.line or 0, cell_claim(node), frozenset(), False, ()) for node in named]
            if blocks:
                self.note_problem(docname, 1, "page not executed", "the page states claims, but this build did not run it")
        else:
            cells = notebook.cells
            if len(cells) != len(promised):
                message = f"the source promises {len(promised)} cells, {len(cells)} ran"
                self.note_problem(docname, 1, "cell that is not run", message)
            for key in notebook.overrides:
                self.note_problem(docname, 1, "execution overridden", f"front matter must not set {key!r}: all pages run alike")
        self.data["problems"][docname] += [problem for cell in cells for problem in faults_of_executed(cell)]
        self._note_claims(docname, blocks, cells, digest)

    def _note_claims(self, docname: str, blocks: list[nodes.container], cells: list[Cell], digest: str) -> None:
        stated = {block["claim_id"] for block in blocks}
        for cell in cells:
            if cell.claim and cell.claim not in stated:
                self.note_problem(docname, cell.line, "orphan evidence", f"no claim {cell.claim!r} on this page")
            self.data["provoked"].setdefault(docname, []).extend(Provoked(cell.claim, **shown) for shown in cell.provoked)
        for block in blocks:
            claim_id = block["claim_id"]
            evidence = [_evidence(cell, digest) for cell in cells if cell.claim == claim_id]
            said, right = (plain_text(nodes.paragraph("", "", *words)) for words in words_of(block))
            through = any(enumerates(cell.source) for cell in cells if cell.claim == claim_id)
            tried = len(self.data["variations"][docname].get(claim_id, ()))
            place = docname, block.line or 0, block["ids"][0]
            claim = Claim(
                claim_id, block["verdict"], block["note"], said, *place, evidence, right, block["reach"], through, tried
            )
            for paragraph in block.findall(nodes.paragraph):
                if "right" in paragraph and paragraph["right"] != RIGHT.get(claim.verdict):
                    self.note_problem(
                        docname, claim.line, "claim that says two things", f"{claim_id} says :{paragraph['right']}:"
                    )
            self.data["claims"].setdefault(docname, []).append(claim)
            if sum(cell_claim(node) == claim_id for node in block.findall(nodes.container)) != len(evidence):
                self.note_problem(docname, claim.line, "evidence apart from its claim", f"{claim_id}: put it under the claim")

    def resolve_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> nodes.reference | None:
        """Turn a reference to a claim into a link that shows its verdict's mark."""
        claim = self.find(target)
        if claim is None:
            return None
        text: nodes.Node = contnode
        if not node["refexplicit"]:
            mark = VERDICTS.get(claim.verdict, "?")
            text = nodes.inline("", f"{mark} {claim.id}", classes=["claim-reference"])
        return make_refnode(builder, fromdocname, claim.page, claim.anchor, [text], f"{claim.verdict}: {claim.statement}")

    def resolve_any_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> list[tuple[str, nodes.reference]]:
        """Resolve an untyped reference to a claim."""
        found = self.resolve_xref(env, fromdocname, builder, "ref", target, node, contnode)
        return [("claim:ref", found)] if found is not None else []

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """List the claims for the search index and the inventory."""
        for claim in self.claims:
            yield claim.id, claim.id, "claim", claim.page, claim.anchor, 1

    def get_full_qualified_name(self, node: Element) -> str | None:
        """Return a reference's claim id."""
        target = node.get("reftarget")
        return str(target) if target else None

    def problems(self) -> Iterable[tuple[str, Problem]]:
        """List what keeps the book from being built, by page."""
        for page in self.pages:
            for problem in self.data["problems"].get(page, ()):
                yield page, problem


def claims_of(env: BuildEnvironment) -> ClaimDomain:
    """Return the claims of a book that is being built."""
    domain = env.domains["claim"]
    assert isinstance(domain, ClaimDomain)
    return domain


def _evidence(cell: Cell, digest: str) -> Evidence:
    status = BROKEN if cell.error else PROVED if cell.executed else NOT_RUN
    return Evidence(cell.claim, cell.line, status, cell.error, digest)
