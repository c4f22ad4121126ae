"""What a folded cell shows stands above the line that opens its code: a reader sees the picture first, then how it was drawn."""

from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.typing import ExtensionMetadata

from press.cells import is_cell, parts


class CodeBelow(SphinxPostTransform):
    """Move the folded code of a cell below what the cell shows."""

    default_priority = 200  # after MyST-NB has folded (199)
    builders = ("html",)

    def run(self, **kwargs: object) -> None:
        """Move it in each cell of the page."""
        for cell in parts(self.document):
            code, *shown = cell.children
            if isinstance(code, HideCodeCellNode) and any(is_cell(part, "cell_code_output") for part in shown):
                cell.children = [*shown, code]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the transform."""
    app.add_post_transform(CodeBelow)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
