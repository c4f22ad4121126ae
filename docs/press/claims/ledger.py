"""The ledger: every claim in a line, and how its evidence went under each torch on record."""

from collections import Counter
from pathlib import Path

from docutils import nodes

from press.claims.model import RIGHT_WORDS, Claim
from press.claims.versions import VersionRun, read_versions
from press.claims.writer import Writer, table

STOOD, FELL, UNKNOWN = "✓", "✗", "?"
"""How a claim's evidence went under a recorded torch; unknown if it was not run there, or changed since."""


class Ledger:
    """Write the ledger as nodes."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        config = writer.app.config
        self.runs = read_versions(Path(writer.app.confdir, config.claims_versions)) if config.claims_versions else []

    def listing(self, claims: list[Claim]) -> list[nodes.Node]:
        """List claims page by page, with a column for each recorded torch."""
        found: list[nodes.Node] = []
        for page in dict.fromkeys(claim.page for claim in claims):
            link = self.writer.link(self.writer.title(page), page)
            title = nodes.paragraph("", "", link, classes=["ledger-page"])
            rows = [[self._claim(claim), *self._marks(claim)] for claim in claims if claim.page == page]
            lines = table(["claim", *(run.name for run in self.runs)], rows, "ledger")
            found.append(nodes.container("", title, lines, classes=["ledger-group"]))
        return found

    def _claim(self, claim: Claim) -> nodes.inline:
        link = self.writer.link(claim.statement, claim.page, claim.anchor)
        note = f"note {claim.note}, " if claim.note else ""
        cells = f", {len(claim.evidence)} cell{'s' * (len(claim.evidence) != 1)}" if claim.evidence else ""
        facts = nodes.inline("", f"{note}{claim.status}{cells}", classes=["ledger-facts"])
        return nodes.inline(
            "", "", self.writer.verdict(claim.verdict), nodes.Text(" "), link, *_right(claim), nodes.Text(" "), facts
        )

    def _marks(self, claim: Claim) -> list[nodes.Node]:
        marks: list[nodes.Node] = []
        for run in self.runs:
            error = self._error_under(run, claim)
            mark = "" if not claim.evidence else UNKNOWN if error is None else FELL if error else STOOD
            marks.append(nodes.Text(mark))
        return marks

    def _error_under(self, run: VersionRun, claim: Claim) -> str | None:
        return run.error(claim.page, self.writer.domain.data["sources"][claim.page], claim.id)

    def versions(self) -> list[nodes.Node]:
        """List the recorded runs, and what fell in each."""
        found = nodes.bullet_list(classes=["versions"])
        for run in self.runs:
            errors = {claim.id: (claim, self._error_under(run, claim)) for claim in self.writer.domain.claims if claim.evidence}
            counts = Counter(UNKNOWN if error is None else FELL if error else STOOD for _, error in errors.values())
            said = f"torch {run.name}, Python {run.python}, run on {run.recorded}: {counts[STOOD]} stood, {counts[FELL]} fell"
            unknown = f", {counts[UNKNOWN]} changed since" if counts[UNKNOWN] else ""
            item = nodes.list_item("", nodes.paragraph("", f"{said}{unknown}."))
            for claim, error in errors.values():
                if error:
                    item += nodes.paragraph("", "", self.writer.link(claim.statement, claim.page, claim.anchor))
                    item += nodes.literal_block(error, error, language="text", classes=["provoked"])
            found += item
        return [found]


def _right(claim: Claim) -> list[nodes.Node]:
    if not claim.right:
        return []
    return [nodes.Text(" "), nodes.inline("", f"{RIGHT_WORDS[claim.verdict]}: {claim.right}", classes=["claim-right"])]
