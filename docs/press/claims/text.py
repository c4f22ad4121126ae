"""A part of a page as plain text in one line."""

import re

import unicodeit
from docutils import nodes


def plain_text(statement: nodes.Node) -> str:
    """Return a statement as text in one line, its formulas in Unicode."""
    copy = statement.deepcopy()
    for formula in list(copy.findall(nodes.math)):
        formula.replace_self(nodes.Text(_in_unicode(formula.astext())))
    return " ".join(copy.astext().split())


def _in_unicode(formula: str) -> str:
    r"""Write a formula as a line of text: ``\sqrt{d_{model} / 2}`` becomes ``√(d_model / 2)``."""
    text = re.sub(r"\{([^{}\s]*)\}", r"\1", unicodeit.replace(formula))
    return re.sub(r"\{([^{}]*)\}", r"(\1)", text)
