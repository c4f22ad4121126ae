"""Formulas as MathML, which browsers draw by themselves: no script, no fonts, no network."""

import re
from typing import cast

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

FUNCTION = r"<mi>(?:sin|cos|log|ln|exp)</mi>"
THIN = '<mspace width="0.167em"/>'
# As TeX sets them: infinity is no operator, and a function keeps away from its factors, unless it has a power.
MENDS = (
    (re.compile(r"<mo>(&#x0221E;)</mo>"), r"<mi>\1</mi>"),
    (re.compile(rf"(?<!<msup>)(?<!<msub>)({FUNCTION})(?=<m(?:i|n|frac|sqrt|row)>)"), rf"\1{THIN}"),
    (re.compile(rf"(</m(?:i|n)>)(?={FUNCTION})"), rf"\1{THIN}"),
)


def drawn(tex: str, display: str) -> str:
    """Write a formula as MathML.

    Args:
        tex: the formula, as LaTeX has it.
        display: "inline" for one inside a line, "block" for one that stands alone.

    Returns:
        A ``math`` element.
    """
    text: str = convert(tex, display=display)
    for pattern, mended in MENDS:
        text = pattern.sub(mended, text)
    return text


def visit_math(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula inside a line."""
    translator.body.append(drawn(node.astext(), "inline"))
    raise nodes.SkipNode


def visit_math_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on a line of its own, with its number if it has one."""
    translator.body.append(translator.starttag(node, "div", CLASS="math-block"))
    translator.body.append(drawn(node.astext(), "block"))
    if node.get("number"):
        translator.body.append(f'<span class="eqno">({node["number"]})')
        translator.add_permalink_ref(cast("nodes.Element", node), "Link to this equation")
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the renderer under the name that conf.py gives to html_math_renderer."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
