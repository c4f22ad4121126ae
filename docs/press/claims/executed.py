"""The executed notebook of a page, as MyST-NB wrote it while reading that page."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from myst_nb.core.config import NbParserConfig
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.environment import BuildEnvironment

from press.claims.assertions import count_assertions
from press.claims.model import Problem
from press.claims.source import faults_of_cell

OVERRIDES = ("mystnb", "execution")  # front matter keys by which a page can run unlike the others
FORBIDDEN_TAGS = {
    "raises-exception": "it passes whether the cell raises or not",
    "skip-execution": "the cell is never run",
}
HIDING_TAGS = {"remove-cell", "remove-input", "remove_cell", "remove_input"}


@dataclass(frozen=True)
class Cell:
    """A code cell with what it left behind."""

    source: str
    line: int
    claim: str
    tags: frozenset[str]
    executed: bool
    outputs: tuple[dict[str, Any], ...]

    @property
    def error(self) -> str:
        """The error that ended the cell, or what it wrote to stderr; empty if neither."""
        for output in self.outputs:
            if output["output_type"] == "error":
                said = f"{output['ename']}: {output['evalue']}" if output["evalue"] else output["ename"]
                return said + _failing_line(output["traceback"]) + _smallest_case(output["traceback"])
            if output.get("name") == "stderr":
                return f"wrote to stderr: {''.join(output['text']).strip()}"
        return ""

    @property
    def provoked(self) -> list[dict[str, str]]:
        """The errors that the cell provoked on purpose, as ``transformer.teaching.raises`` shows them."""
        return [output["metadata"]["provoked"] for output in self.outputs if "provoked" in output.get("metadata", {})]


@dataclass(frozen=True)
class Notebook:
    """A page's code cells, and the front matter keys with which it overrides how it is run."""

    cells: list[Cell]
    overrides: list[str]


def executed_notebook(env: BuildEnvironment, docname: str) -> Notebook | None:
    """Read what this build ran for a page; None if it did not run the page."""
    if not NbMetadataCollector.get_exec_data(env, docname):
        return None
    settings: NbParserConfig = env.mystnb_config  # type: ignore[attr-defined] # MyST-NB puts it there
    path = Path(settings.output_folder, f"{docname}.ipynb")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    lines = notebook["metadata"]["source_map"]
    cells = [
        Cell(
            source="".join(cell["source"]),
            line=line + 1,
            claim=cell["metadata"].get("claim", ""),
            tags=frozenset(cell["metadata"].get("tags", ())),
            executed=cell["execution_count"] is not None,
            outputs=tuple(cell["outputs"]),
        )
        for cell, line in zip(notebook["cells"], lines, strict=True)
        if cell["cell_type"] == "code"
    ]
    return Notebook(cells, [key for key in OVERRIDES if key in notebook["metadata"]])


def faults_of_executed(cell: Cell) -> Iterator[Problem]:
    """List what keeps the book from being built over one cell, whichever claim it decides."""
    for tag in sorted(cell.tags & FORBIDDEN_TAGS.keys()):
        yield Problem(cell.line, "forbidden tag", f"{tag}: {FORBIDDEN_TAGS[tag]}")
    for fault in faults_of_cell(cell.source):
        yield Problem(cell.line, "cell that can hide a failure", fault)
    if cell.error and not cell.claim:
        yield Problem(cell.line, "broken cell", cell.error)
    if not cell.executed and not cell.claim:
        yield Problem(cell.line, "cell not run", "every cell of every page must run")
    if cell.claim and cell.tags & HIDING_TAGS:
        yield Problem(cell.line, "hidden evidence", f"{cell.claim}: fold evidence, do not remove it")
    if cell.claim and cell.executed and count_assertions(cell.source) == 0:
        yield Problem(cell.line, "evidence without an assertion", cell.claim)


def _smallest_case(traceback: list[str]) -> str:
    """Return the case against which a property fell, as Hypothesis notes it."""
    found = re.search(r"^Failing test case: \w+\(.*?^\)", _plain(traceback), flags=re.MULTILINE | re.DOTALL)
    return f" ({' '.join(found[0].split())})" if found else ""


def _plain(traceback: list[str]) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(traceback))


def _failing_line(traceback: list[str]) -> str:
    """Return the line of the cell at which the error arose, as IPython marks it with an arrow."""
    marked = re.findall(r"^-+> *\d+ (.*)$", _plain(traceback), flags=re.MULTILINE)
    return f" at {marked[0].strip()!r}" if marked else ""
