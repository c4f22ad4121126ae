"""The finished volumes on the site: those that `make book` has made from the same reading of the pages."""

import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

KINDS = ("pdf", "epub")


def find_volumes(app: Sphinx, config: Config) -> None:
    """Refuse a folder without volumes in it.

    Raises:
        ConfigError: A volume is missing.
    """
    missing = [kind for kind in KINDS if config.volumes and not list(_folder(app).glob(f"*.{kind}"))]
    if missing:
        raise ConfigError(
            f"volumes must be a folder with a PDF and an EPUB, got {config.volumes!r} without {' and '.join(missing)}"
        )


def _folder(app: Sphinx) -> Path:
    return Path(app.confdir, app.config.volumes)


def _volumes(app: Sphinx) -> dict[str, Path]:
    return {kind: next(_folder(app).glob(f"*.{kind}")) for kind in KINDS} if app.config.volumes else {}


def name_volumes(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Tell the template their names and sizes."""
    if app.builder.name == "html":
        context["volumes"] = {kind: (path.name, _size(path)) for kind, path in _volumes(app).items()}


def _size(path: Path) -> str:
    return f"{max(path.stat().st_size / 1e6, 0.1):.1f} MB"


def put_up(app: Sphinx, exception: Exception | None) -> None:
    """Copy them to the site's own folder."""
    if exception is None and app.builder.name == "html":
        for path in _volumes(app).values():
            shutil.copyfile(path, Path(app.outdir, path.name))


def register(app: Sphinx) -> None:
    """Offer what is there."""
    app.add_config_value("volumes", "", "", types=frozenset({str}))
    app.connect("config-inited", find_volumes)
    app.connect("html-page-context", name_volumes)
    app.connect("build-finished", put_up)
