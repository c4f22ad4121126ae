"""Mutation: the record of ``make mutation``, shown to the reader by ``{mutation-report}``."""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from claims.breaks import cells_of_page, digest_of_page
from claims.ledger import table
from folds import folded
from mutation.record import Count, MutationRun, Survivor, read_mutation


class report(nodes.General, nodes.Element):  # noqa: N801 - docutils names its nodes in lower case
    """The place of the report, filled once every page has been read."""


class ReportDirective(SphinxDirective):
    """Leave the place."""

    def run(self) -> list[nodes.Node]:
        """Put it into the page."""
        return [report()]


def sources_digest(root: Path) -> str:
    """Return the digest of the package and of every page's cells."""
    pages = [page.read_text(encoding="utf-8") for page in sorted((root / "docs").rglob("*.md"))]
    return digest_of_page([cell for page in pages for cell in cells_of_page(page)], root)


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write the record into its place."""
    for place in list(doctree.findall(report)):
        run = read_mutation(Path(app.confdir, app.config.mutation_record))
        place.replace_self(_report(run, sources_digest(Path(app.confdir))) if run else nodes.paragraph("", "Not run yet."))


def _report(run: MutationRun, sources: str) -> list[nodes.Node]:
    versions = ", ".join(f"{name} {number}" for name, number in run.versions.items())
    total = Count(*(sum(getattr(count, key) for count in run.files.values()) for key in ("made", "pages", "tests")))
    said = (
        f"On {run.recorded}, with {versions}, in {run.minutes} minutes: {total.made} changes. "
        f"The pages alone noticed {total.pages}, the tests {total.tests} of the others, "
        f"and {len(run.survivors)} nobody could notice."
    )
    if run.sample:
        said += f" Of {run.sample.built} drawn by lot, the whole build refused {run.sample.refused}."
    if run.sources != sources:
        said += " The sources have changed since."
    rows: list[list[nodes.Node]] = [_row(file, count) for file, count in run.files.items() if count.made]
    head = ["file", "made", "pages", "tests", "no one"]
    why = folded(
        "",
        *(node for survivor in run.survivors for node in _survivor(survivor)),
        summary="What nobody could notice, and why",
        classes=["answer"],
    )
    return [nodes.paragraph("", said), table(head, [*rows, _row("all", total)], "mutation"), *([why] if run.survivors else [])]


def _row(name: str, count: Count) -> list[nodes.Node]:
    numbers = [count.made, count.pages, count.tests, count.made - count.pages - count.tests]
    return [nodes.literal("", name.removeprefix("transformer/")), *(nodes.Text(str(number)) for number in numbers)]


def _survivor(survivor: Survivor) -> list[nodes.Node]:
    code = nodes.literal_block(survivor.diff, survivor.diff, language="diff")
    return [nodes.paragraph("", f"{survivor.file}: {survivor.reason}"), code]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_config_value("mutation_record", "", "env", types=frozenset({str}))
    app.setup_extension("folds")
    app.add_node(report)
    app.add_directive("mutation-report", ReportDirective)
    app.connect("doctree-resolved", fill)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
