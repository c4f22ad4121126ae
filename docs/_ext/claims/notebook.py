"""The executed notebook of a page, as MyST-NB wrote it while reading that page."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.core.config import NbParserConfig
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.environment import BuildEnvironment

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
                return said + _failing_line(output["traceback"])
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


def _failing_line(traceback: list[str]) -> str:
    """Return the line of the cell at which the error arose, as IPython marks it with an arrow."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(traceback))
    marked = re.findall(r"^-+> *\d+ (.*)$", plain, flags=re.MULTILINE)
    return f" at {marked[0].strip()!r}" if marked else ""


def cell_claim(node: nodes.Node) -> str:
    """Return the id of the claim that a node is evidence for; empty if it is for none, or is no code cell."""
    if isinstance(node, nodes.container) and node.get("nb_element") == "cell_code":
        return str(node["cell_metadata"].get("claim", ""))
    return ""
