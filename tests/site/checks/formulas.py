"""Every formula is drawn: as many as the source has, none empty, no TeX left in the text."""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from tests.site.built import SOURCES
from tests.site.reading import Opened

EXTENSIONS = {"attrs_inline", "colon_fence", "deflist", "dollarmath", "fieldlist"}  # as in conf.py
MATH = {"math_inline", "math_inline_double", "math_block", "math_block_label", "amsmath"}
# Directives whose content is prose of the page, and those that bring formulas which the page's source does not have
PROSE = re.compile(r"\{(claim|glossary|note|tip|warning|admonition|dropdown|important|seealso|exercise|solution)\}")
WITH = re.compile(r"^:with:(.*)", re.MULTILINE)
BROUGHT = re.compile(r"\{(claim-ledger|claim-questions|claim-errors|include|measured|eval-rst|mutation-report|interview[\w-]*)\}")

DRAWN = """() => [...document.querySelectorAll("main math")].map((math) => {
  const box = math.getBoundingClientRect();
  return {text: math.textContent.trim(), drawn: box.width > 0 && box.height > 0, error: Boolean(math.querySelector("merror"))};
})"""
# TeX in the prose: a command, or something between dollars. Code, and what a script or a formula holds, is not prose.
LEFT = r"""() => {
  const found = [];
  const text = document.querySelector("article.bd-article") || document.querySelector("main");
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const {data, parentElement} = walker.currentNode;
    if (parentElement.closest("pre, code, kbd, math, svg, script, style, .highlight, .sig")) continue;
    const tex = /\$[^$\n]*\$|\\[a-zA-Z]+|\\[()[\]]/.exec(data);
    if (tex) found.push(tex[0]);
  }
  return found;
}"""


def tokens(parsed: Sequence[Token]) -> Iterator[Token]:
    """Walk through a parsed text, into lines and into directives that hold prose."""
    for token in parsed:
        yield token
        yield from tokens(token.children or [])
        if token.type in ("fence", "colon_fence") and PROSE.match(token.info):
            yield from tokens(parser().parse(token.content))
        if token.info.startswith("{vary}"):  # the card lists what else it holds with, and says it again above each change
            yield from 2 * list(tokens(parser().parse("\n\n".join(WITH.findall(token.content)))))


def parser() -> MarkdownIt:
    """Make the parser that the book is read with."""
    return create_md_parser(MdParserConfig(enable_extensions=EXTENSIONS), RendererHTML)


def expected(page: str) -> int | None:
    """Count the formulas in a page's source; None if part of the page is written by the build."""
    source = (SOURCES / page).with_suffix(".md")
    if not source.is_file():
        return None
    found = list(tokens(parser().parse(source.read_text(encoding="utf-8"))))
    if any(BROUGHT.match(token.info) for token in found):
        return None
    roles = sum(token.type == "myst_role" and str(token.meta["name"]) == "math" for token in found)
    directives = sum(token.info.startswith("{math}") for token in found)
    return sum(token.type in MATH for token in found) + roles + directives


def faults(opened: Opened) -> list[str]:
    """Say which formulas of an unfolded page a reader does not see as formulas."""
    formulas = opened.page.evaluate(DRAWN)
    left = opened.page.evaluate(LEFT)
    found = [f"not drawn: {formula['text']!r}" for formula in formulas if not formula["drawn"] or not formula["text"]]
    found += [f"error in a formula: {formula['text']!r}" for formula in formulas if formula["error"] or "\\" in formula["text"]]
    found += [f"TeX in the text: {tex!r}" for tex in left]
    count = expected(opened.path)
    if count is not None and count != len(formulas):
        found.append(f"{len(formulas)} formulas on the page, {count} in its source")
    return found
