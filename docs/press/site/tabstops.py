"""Leave it to tabstops.js to find the boxes that scroll: the theme lays out the whole page for that as soon as it has loaded."""

import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.typing import ExtensionMetadata

THEME = Path("_static", "scripts", "pydata-sphinx-theme.js")
AT_LOAD = re.compile(r'"complete"===document\.readyState\?(\w+)\(\):window\.addEventListener\("load",\1\)')
LEFT_OUT = '"tabstops.js does it"'


def without_measuring(script: str) -> str:
    """Take the theme's own measuring out of its script.

    Args:
        script: the theme's script, or what this function made of it.

    Returns:
        The script without the one call.

    Raises:
        ExtensionError: the call is not there, or not once: the theme does otherwise now.
    """
    if LEFT_OUT in script:
        return script
    changed, count = AT_LOAD.subn(LEFT_OUT, script)
    if count != 1:
        raise ExtensionError(f"{THEME} must measure its boxes in one place, got {count}", modname="press.site")
    return changed


def leave_out(app: Sphinx, exception: Exception | None) -> None:
    """Change the copy of the theme's script that the site has."""
    script = Path(app.outdir, THEME)
    if exception is None and app.builder.name == "html" and script.is_file():
        script.write_text(without_measuring(script.read_text(encoding="utf-8")), encoding="utf-8")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add our script, and change the theme's once it is copied."""
    app.add_js_file("tabstops.js", loading_method="defer")
    app.connect("build-finished", leave_out)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
