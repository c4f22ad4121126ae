"""Accessibility: axe finds nothing against WCAG 2.2, levels A and AA."""

from functools import cache
from typing import Any

from tests.site.reading import Opened
from tests.site.tools import tool

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
RUN = """([tags, contrast]) => axe.run(document, {
  runOnly: {type: "tag", values: tags}, rules: {"color-contrast": {enabled: contrast}}, resultTypes: ["violations"],
})"""

# On a phone the folds of the drawer are hidden, from axe too.
FOLD_IN_SIGHT = """() => [...document.querySelectorAll("details:not([open])")].some(
  (details) => details.checkVisibility({visibilityProperty: true}))"""


@cache
def axe() -> str:
    """Read axe's own script."""
    return tool("axe-core/axe.min.js").read_text(encoding="utf-8")


def told(violation: dict[str, Any]) -> list[str]:
    """Say what is wrong with which elements."""
    rule, help_ = violation["id"], violation["help"]
    return [f"axe {rule}: {help_}: {' '.join(map(str, node['target']))}: {node['html'][:160]}" for node in violation["nodes"]]


def seen(opened: Opened, *, contrast: bool) -> list[str]:
    """Let axe look at a page as it is now, with or without the contrast of its text."""
    # Evaluated by the debugger, so the page's own policy on scripts stays in force.
    opened.page.evaluate(axe())
    result = opened.page.evaluate(RUN, [TAGS, contrast])
    if not result["passes"]:
        return ["axe looked at nothing"]
    return [line for violation in result["violations"] for line in told(violation)]


def faults(opened: Opened) -> list[str]:
    """Let axe look at an unfolded page."""
    return seen(opened, contrast=True)


def faults_while_folded(opened: Opened) -> list[str]:
    """Let axe look at a page before it is unfolded.

    Contrast costs as much as all other rules, and no text is in sight that is not so unfolded: it waits until then. A page that
    shows nothing folded looks the same unfolded, and waits altogether.
    """
    return seen(opened, contrast=False) if opened.page.evaluate(FOLD_IN_SIGHT) else []
