"""A draft builds on what the last build left. If that was interrupted or is damaged, this mends it and says so in one line."""

import pickle
from pathlib import Path

from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

from deadlinks import html_pages

logger = logging.getLogger(__name__)
INTERRUPTED = "interrupted"  # a file in the doctree folder while pages are being written


def unreadable_pages(app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    """Name the pages whose kept form cannot be read, so that they are made again."""
    kept = {page: app.doctreedir / f"{page}.doctree" for page in sorted(env.found_docs - added - changed)}
    damaged = [page for page, path in kept.items() if not _readable(path)]
    if damaged:
        logger.warning("damaged in the cache, so run again: %s", ", ".join(damaged))
    return damaged


def _readable(path: Path) -> bool:
    try:
        pickle.loads(path.read_bytes())  # noqa: S301 - Sphinx wrote it, and would load it next
    except Exception:  # a damaged pickle raises whatever its bytes happen to mean
        return False
    return True


def mend(app: Sphinx) -> None:
    """Say if the whole cache could not be read; drop pages that may be half written."""
    kept = app.doctreedir / ENV_PICKLE_FILENAME
    if app.fresh_env_used and kept.exists() and not _readable(kept):
        logger.warning("the cache cannot be read, so every page runs again")
    if (app.doctreedir / INTERRUPTED).exists():
        logger.warning("the last build was interrupted, so every page is written again")
        for page in html_pages(Path(app.outdir)):
            Path(app.outdir, page).unlink()


def begin_writing(app: Sphinx, env: BuildEnvironment) -> None:
    """Leave a mark that stays if the build does not end."""
    (app.doctreedir / INTERRUPTED).touch()


def end_writing(app: Sphinx, exception: Exception | None) -> None:
    """Take the mark away once every page is written."""
    if exception is None:
        (app.doctreedir / INTERRUPTED).unlink(missing_ok=True)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Look before reading, mark before writing, after the guard has let the book through."""
    app.connect("builder-inited", mend)
    app.connect("env-get-outdated", unreadable_pages)
    app.connect("env-updated", begin_writing, priority=950)
    app.connect("build-finished", end_writing)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
