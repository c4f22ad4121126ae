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
    r"""Write a formula as a line of text.

    ``\sqrt{d_{model} / 2}`` becomes ``√(d_model / 2)``, and ``\text{diag}(p)`` becomes ``diag(p)``.
    """
    text = re.sub(r"\\(?:text|mathrm)\{(\w+)\}|\\(exp|log|max|min)\b", r"\1\2", formula)
    text = re.sub(r"\{([^{}\s]*)\}", r"\1", unicodeit.replace(text))
    return re.sub(r"\{([^{}]*)\}", r"(\1)", text)
