"""Cells that only import or set up are folded: a program needs them, and a reader does not.

What stands between a page's title and its first section sets up, unless it is evidence or shows something.
"""

import ast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.typing import ExtensionMetadata

from press.cells import cell_claim, parts

SEED = "torch.manual_seed("


def only_imports(source: str) -> bool:
    r"""Say whether a cell imports, sets the seed, and does nothing else.

    Example:
        >>> only_imports("import math\n\ntorch.manual_seed(0)"), only_imports("import math\nx = math.pi")
        (True, False)
    """
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return False
    imports = [statement for statement in body if isinstance(statement, ast.Import | ast.ImportFrom)]
    rest = [ast.unparse(statement) for statement in body if statement not in imports]
    return bool(imports) and all(line.startswith(SEED) for line in rest)


class FoldImports(SphinxPostTransform):
    """Let MyST-NB fold them, as it folds a cell with the tag ``hide-input``."""

    default_priority = 198  # before MyST-NB folds (199)
    builders = ("html",)

    def run(self, **kwargs: object) -> None:
        """Mark the cells of a page."""
        top = next(iter(self.document.findall(nodes.section)), None)
        for cell in parts(self.document):
            source = next(parts(cell, "cell_code_source"), None)
            if source and not cell_claim(cell) and not cell.get("hide_mode"):
                sets_up = cell.parent is top and not any(parts(cell, "cell_code_output"))
                words = "Imports" if only_imports(source.astext()) else "Set-up" if sets_up else ""
                if words:
                    cell.attributes |= {"hide_mode": "input", "prompt_show": words, "prompt_hide": words}


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the transform."""
    app.add_post_transform(FoldImports)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
