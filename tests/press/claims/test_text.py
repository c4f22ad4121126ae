"""A statement as plain text, for links and descriptions."""

import pytest
from docutils import nodes

from press.claims.text import plain_text


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (r"\sqrt{d_{model} / 2}", "√(d_model / 2)"),
        (r"W_q^T W_k", "W_qᵀ Wₖ"),
        (r"\min(p, q)", "min(p, q)"),
        (r"\text{diag}(p) - p p^T", "diag(p) − p pᵀ"),
    ],
)
def test_a_formula_becomes_a_line_of_text(formula: str, text: str) -> None:
    statement = nodes.paragraph("", "", nodes.Text("Here\nis "), nodes.math("", formula))
    assert plain_text(statement) == f"Here is {text}"
