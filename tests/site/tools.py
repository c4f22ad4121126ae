"""Where `make test-site` put the tools that come from npm."""

import os
from pathlib import Path

from tests.site.built import ROOT


def tool(path: str) -> Path:
    """Find a file of an npm package.

    Raises:
        FileNotFoundError: it is not installed.
    """
    found = Path(os.environ.get("SITE_TOOLS") or ROOT / ".venv" / "site") / "node_modules" / path
    if not found.is_file():
        raise FileNotFoundError(f"{found}: run `make test-site`, which installs it")
    return found
