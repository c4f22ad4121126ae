"""What a person or the weekly run starts to prove the checks wrong, the records that it leaves, and how a page shows them.

The programs are started by make, as ``python -m press.audit.NAME``. Sphinx loads only what shows their records.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from press.assets import bring

PARTS = ("measured", "mutation_report")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Load the parts."""
    bring(app, Path(__file__).parent, "reports.css")
    for part in PARTS:
        app.setup_extension(f"press.audit.{part}")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
