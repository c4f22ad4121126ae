"""The day on which a page last changed, as git knows it.

Without git, outside a repository, and in a shallow clone, where every file seems to be of the last commit's day, no day is shown.
"""

import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata


@cache
def days(folder: Path) -> dict[Path, str]:
    """Return the day of the last commit of every file in a folder, in the committer's time zone; empty if it cannot be known."""
    if _git(folder, "rev-parse", "--is-shallow-repository").strip() != "false":
        return {}
    root = Path(_git(folder, "rev-parse", "--show-toplevel").removesuffix("\n"))
    found: dict[Path, str] = {}
    # A commit is its day and the files that it touched; the newest comes first.
    for commit in _git(folder, "log", "-z", "--format=%x01%cs", "--name-only", "--no-renames", "--", ".").split("\x01")[1:]:
        day, _, files = commit.partition("\0")
        for name in files.strip("\0\n").split("\0"):
            found.setdefault(root / name.lstrip("\n"), day)
    return found


def _git(folder: Path, *arguments: str) -> str:
    """Return what git prints; empty if it fails, or if there is no git."""
    command = ["git", "-c", "log.showSignature=false", *arguments]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, check=True)  # noqa: S603 - git of the path
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.decode("utf-8", "surrogateescape")


def show(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Give the theme the day of a page."""
    if doctree is not None:
        context["last_updated"] = days(Path(app.srcdir).resolve()).get(Path(app.env.doc2path(pagename)).resolve())


def setup(app: Sphinx) -> ExtensionMetadata:
    """Look when a page is written."""
    app.connect("html-page-context", show)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
