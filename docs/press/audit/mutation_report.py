"""Mutation: the record of ``make mutation``, shown to the reader by ``{mutation-report}``."""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from press.audit.measured import CHANGED, digest
from press.audit.mutation_record import Count, MutationRun, Survivor, read_mutation
from press.claims.writer import table
from press.folds import folded
from press.places import Place, PlaceDirective

KIND = "mutation-report"
SOURCES = ("transformer/**/*", "docs/**/*.md")


def sources_digest(root: Path) -> str:
    """Return the digest of the package and of every page's cells."""
    return digest(SOURCES, root)


def fill(app: Sphinx, place: Place) -> list[nodes.Node] | None:
    """Write the record into its place."""
    if place.kind != KIND:
        return None
    run = read_mutation(Path(app.confdir, app.config.mutation_record))
    return _report(run, sources_digest(Path(app.confdir))) if run else [nodes.paragraph("", "Not run yet.")]


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
        said += f" {CHANGED}"
    rows: list[list[nodes.Node]] = [_row(file, count) for file, count in run.files.items() if count.made]
    head = ["file", "made", "pages", "tests", "no one"]
    survivors = (node for survivor in run.survivors for node in _survivor(survivor))
    why = folded("What nobody could notice, and why", *survivors, classes=["answer"])
    return [nodes.paragraph("", said), table(head, [*rows, _row("all", total)], "mutation"), *([why] if run.survivors else [])]


def _row(name: str, count: Count) -> list[nodes.Node]:
    numbers = [count.made, count.pages, count.tests, count.made - count.pages - count.tests]
    return [nodes.literal("", name.removeprefix("transformer/")), *(nodes.Text(str(number)) for number in numbers)]


def _survivor(survivor: Survivor) -> list[nodes.Node]:
    code = nodes.literal_block(survivor.diff, survivor.diff, language="diff")
    return [nodes.paragraph("", f"{survivor.file}: {survivor.reason}"), code]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive, and what fills its place."""
    app.add_config_value("mutation_record", "", "env", types=frozenset({str}))
    app.setup_extension("press.folds")
    app.setup_extension("press.places")
    app.add_directive(KIND, PlaceDirective)
    app.connect("place-fill", fill)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
