"""Notebook and script beside each page that has code, and a line at the page's end that offers them."""

from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

from press.cells import parts
from press.downloads import notebook, script
from press.downloads.markdown import prose_of


def how_to_run(config: Config) -> str:
    """Say how one gets what the cells need."""
    repository = config.html_theme_options.get("repository_url", "")
    if repository:
        return f'To run it: `python -m pip install "transformer-checked[train] @ git+{repository}"`'
    return 'To run it, in the folder of the book\'s sources: `python -m pip install ".[train]"`'


def write_files(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Write both files when the site's page is written, and tell the template their names."""
    if doctree is None or app.builder.name != "html" or not NbMetadataCollector.get_exec_data(app.env, pagename):
        return
    cells = notebook.executed(app.env, pagename)
    if not cells:
        return
    shown = len(list(parts(doctree)))
    if shown != len(cells):
        raise ExtensionError(f"{pagename}: {len(cells)} cells ran, {shown} are on the page", modname="press.downloads")
    target = Path(app.outdir, app.builder.get_target_uri(pagename)).with_suffix("")
    marked, bare = (_with_note(app, prose_of(app, doctree, pagename, bare=bare)) for bare in (False, True))
    code = [notebook.runnable(cell["source"]) for cell in cells]
    files = {".ipynb": notebook.write(cells, marked), ".py": script.write(code, bare)}
    target.parent.mkdir(parents=True, exist_ok=True)
    for suffix, text in files.items():
        target.with_name(target.name + suffix).write_text(text, encoding="utf-8")
    context["take_along"] = {suffix[1:]: target.name + suffix for suffix in files}


def _with_note(app: Sphinx, prose: list[str]) -> list[str]:
    """Say below the title how to run the page."""
    title, _, rest = prose[0].partition("\n")
    return [f"{title}\n\n{how_to_run(app.config)}\n{rest}", *prose[1:]]


def register(app: Sphinx) -> None:
    """Write when a page is written."""
    app.connect("html-page-context", write_files)
