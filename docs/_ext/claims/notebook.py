"""The executed notebook of a page, as MyST-NB wrote it while reading that page."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.core.config import NbParserConfig
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.environment import BuildEnvironment

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
                return f"{output['ename']}: {output['evalue']}"
            if output.get("name") == "stderr":
                return f"wrote to stderr: {''.join(output['text']).strip()}"
        return ""

    @property
    def provoked(self) -> list[dict[str, str]]:
        """The errors that the cell provoked on purpose, as ``transformer.teaching.raises`` shows them."""
        return [output["metadata"]["provoked"] for output in self.outputs if "provoked" in output.get("metadata", {})]


def executed_cells(env: BuildEnvironment, docname: str) -> list[Cell] | None:
    """Read the code cells that this build ran for a page; None if it did not run the page."""
    if not NbMetadataCollector.get_exec_data(env, docname):
        return None
    settings: NbParserConfig = env.mystnb_config  # type: ignore[attr-defined] # MyST-NB puts it there
    path = Path(settings.output_folder, f"{docname}.ipynb")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    lines = notebook["metadata"]["source_map"]
    return [
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


def cell_claim(node: nodes.Node) -> str:
    """Return the id of the claim that a node is evidence for; empty if it is for none, or is no code cell."""
    if isinstance(node, nodes.container) and node.get("nb_element") == "cell_code":
        return str(node["cell_metadata"].get("claim", ""))
    return ""
