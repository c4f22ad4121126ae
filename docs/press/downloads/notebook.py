"""The notebook of a page: its prose in plain Markdown, its cells with what this build's run of them left behind."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

from press.cells import FOLDED
from press.downloads.pictures import figures_in, rules

REMOVED = {"remove-cell", "remove_cell"}
DIRECTIVE = re.compile(r"^\s*(?:`{3,}|:{3,})\{[\w:-]+\}", flags=re.MULTILINE)
ROLE = re.compile(r"(?<!`)\{[a-z][\w:-]*\}`")
GLUE_IMPORT = "from myst_nb import glue"
GLUE = '''def glue(name, value, display=True):
    """Print a value that the page shows in a sentence."""
    print(f"{name} = {value}")'''
STYLE = """# The pictures below take their colours from these rules, as they do from the book's.
from IPython.display import HTML

HTML(\"\"\"<style>
{rules}
</style>\"\"\")"""


def executed(env: BuildEnvironment, docname: str) -> list[dict[str, Any]]:
    """Read the code cells of a page with their outputs, as MyST-NB wrote them when this build ran the page."""
    folder = env.mystnb_config.output_folder  # type: ignore[attr-defined] # MyST-NB puts it there
    read = nbformat.read(Path(folder, f"{docname}.ipynb"), as_version=4)
    return [cell for cell in read.cells if cell.cell_type == "code" and not REMOVED & set(cell.metadata.get("tags", ()))]


def runnable(source: str) -> str:
    """Return a cell's code as it runs without the tools that build the book."""
    return source.replace(GLUE_IMPORT, GLUE)


def write(cells: Sequence[dict[str, Any]], prose: Sequence[str]) -> str:
    """Write a notebook.

    Args:
        cells: The code cells.
        prose: What stands before, between and after them.

    Returns:
        The file. The same page and the same outputs give the same bytes.

    Raises:
        ExtensionError: A directive or a role is left in the prose, or the notebook is not valid.
    """
    book = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
        }
    )
    book.cells = list(_cells(cells, prose))
    for number, cell in enumerate(book.cells):
        cell.id = f"cell-{number}"
        found = (DIRECTIVE.search(cell.source) or ROLE.search(cell.source)) if cell.cell_type == "markdown" else None
        if found:
            raise ExtensionError(
                f"the notebook would show {found[0]!r} to a reader: {cell.source[:80]!r}", modname="press.downloads"
            )
    try:
        nbformat.validate(book)
    except nbformat.ValidationError as error:
        raise ExtensionError(f"not a valid notebook: {error}", modname="press.downloads") from error
    return f"{nbformat.writes(book)}\n"


def _cells(cells: Sequence[dict[str, Any]], prose: Sequence[str]) -> Iterator[nbformat.NotebookNode]:
    yield nbformat.v4.new_markdown_cell(prose[0])
    if any("<svg" in _html(output) for cell in cells for output in cell["outputs"]):
        style = STYLE.format(rules="\n".join(f"{rule}}}" for rule in rules().split("}") if rule))
        background = "svg.picture { background: white; max-width: 100%; }"
        yield _code(style.replace("<style>", f"<style>\n{background}"), [], None, fold=True)
    for cell, words in zip(cells, prose[1:], strict=True):
        outputs = [_alone(output) for output in cell["outputs"]]
        fold = FOLDED in cell["metadata"].get("tags", ())
        yield _code(runnable(cell["source"]), outputs, cell["execution_count"], fold=fold)
        if words:
            yield nbformat.v4.new_markdown_cell(words)


def _code(source: str, outputs: list[dict[str, Any]], count: int | None, *, fold: bool) -> nbformat.NotebookNode:
    metadata = {"tags": [FOLDED], "jupyter": {"source_hidden": True}} if fold else {}
    cell: nbformat.NotebookNode = nbformat.v4.new_code_cell(source, outputs=outputs, execution_count=count, metadata=metadata)
    return cell


def _html(output: dict[str, Any]) -> str:
    return str(output.get("data", {}).get("text/html", ""))


def _alone(output: dict[str, Any]) -> dict[str, Any]:
    """Let a picture hold its colours, and leave out what only the book's build reads."""
    alone: dict[str, Any] = nbformat.from_dict(output)
    figures = figures_in(_html(output), "white")
    if figures:
        alone["data"]["text/html"] = "\n".join(figure.html for figure in figures)
    if "metadata" in alone:
        alone["metadata"] = {}
    return alone
