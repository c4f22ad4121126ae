"""Accessibility: axe finds nothing against WCAG 2.2, levels A and AA."""

from functools import cache
from typing import Any

from reading import Reader, Scheme
from tools import tool

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
RUN = """([tags, contrast]) => axe.run(document, {
  runOnly: {type: "tag", values: tags}, rules: {"color-contrast": {enabled: contrast}}, resultTypes: ["violations"],
})"""


@cache
def axe() -> str:
    """Read axe's own script."""
    return tool("axe-core/axe.min.js").read_text(encoding="utf-8")


def told(violation: dict[str, Any]) -> list[str]:
    """Say what is wrong with which elements."""
    rule, help_ = violation["id"], violation["help"]
    return [f"axe {rule}: {help_}: {' '.join(map(str, node['target']))}: {node['html'][:160]}" for node in violation["nodes"]]


def faults(reader: Reader, page: str, *, width: int, scheme: Scheme, folded: bool) -> list[str]:
    """Let axe look at a page.

    Contrast costs as much as all other rules, so it is looked at only where everything is unfolded: elsewhere no more is seen.
    """
    with reader.open(page, width=width, scheme=scheme) as opened:
        if not folded:
            opened.unfold()
        # Evaluated by the debugger, so the page's own policy on scripts stays in force.
        opened.page.evaluate(axe())
        result = opened.page.evaluate(RUN, [TAGS, not folded])
    if not result["passes"]:
        return ["axe looked at nothing"]
    return [line for violation in result["violations"] for line in told(violation)]
