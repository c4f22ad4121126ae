"""In which order pages run: the longest first, and each of Sphinx's batches about as long as the others."""

import json
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.parallel import make_chunks
from sphinx.util.typing import ExtensionMetadata


def spread(pages: list[str], seconds: dict[str, float], processes: int) -> list[str]:
    """Order pages so that the batches into which Sphinx cuts them take about as long as each other.

    Args:
        pages: The pages to read.
        seconds: How long a page's cells took when they were last measured; a page that is not there has none, or is new.
        processes: How many batches are read at a time.

    Returns:
        The same pages. In each batch the longest comes first.
    """
    sizes = [len(batch) for batch in make_chunks(pages, processes)]
    batches: list[list[str]] = [[] for _ in sizes]
    for page in sorted(pages, key=lambda page: (-seconds.get(page, 0), page)):
        free = [i for i, size in enumerate(sizes) if len(batches[i]) < size]
        shortest = min(free, key=lambda i: (sum(seconds.get(other, 0) for other in batches[i]), i))
        batches[shortest].append(page)
    return [page for batch in batches for page in batch]


def put_in_order(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Order the pages that are about to be read."""
    path = Path(app.confdir, app.config.execution_seconds)
    if app.config.execution_seconds and path.is_file():
        docnames[:] = spread(docnames, json.loads(path.read_text(encoding="utf-8")), app.parallel)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Order them before the first is read."""
    app.add_config_value("execution_seconds", "", "", types=frozenset({str}))
    app.connect("env-before-read-docs", put_in_order)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
