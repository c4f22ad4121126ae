"""What a cell prints stays in one piece: a kernel sends pieces, cut by the clock; MyST-NB would break the line between two."""

from functools import partial

from myst_nb.core.execute import direct
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata


def setup(app: Sphinx) -> ExtensionMetadata:
    """Let nbclient put the pieces together before anyone else sees them; MyST-NB has no setting for it."""
    direct.single_nb_execution = partial(direct.single_nb_execution, coalesce_streams=True)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
