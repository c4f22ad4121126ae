"""The press: what turns pages into a book. Each folder is a wing with a README of its own.

Lower floors know nothing of higher ones: the ground (this folder's files), then ``claims``, ``execution`` and ``markup``, then
``practice``, ``site`` and ``audit``, then ``downloads``.
"""

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

WINGS = ("claims", "execution", "markup", "practice", "site", "audit", "downloads")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Load every wing, the lowest floor first."""
    for wing in WINGS:
        app.setup_extension(f"press.{wing}")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
