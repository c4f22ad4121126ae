"""The colours of light pages, for what has no stylesheet of the site: they stand in look.css, and nowhere else."""

import re
from functools import cache
from pathlib import Path

import tinycss2
from sphinx.errors import ExtensionError
from tinycss2.ast import QualifiedRule

STYLES = Path(__file__).parents[2] / "_static"
VARIABLE = re.compile(r"var\((--[\w-]+)\)")
WITHOUT_THEME = {"--pst-font-family-base": "sans-serif"}
"""What the theme alone sets."""

IN_PRINT = {
    **{name: f"--verdict-{name}" for name in ("holds", "refuted", "depends", "opinion")},
    "link": "--pst-color-link",
    "quiet": "--pst-color-text-muted",
    "paper": "--pst-color-surface",
    "rule": "--pst-color-border",
}
"""The printed book's names for the site's colours."""


def with_values(css: str) -> str:
    """Put the values of light pages in place of variables.

    Raises:
        ExtensionError: look.css does not set one of them for light pages.
    """
    return VARIABLE.sub(lambda found: value(found[1]), css)


def value(name: str) -> str:
    """Return what look.css sets a variable to on light pages.

    Raises:
        ExtensionError: It does not set it.
    """
    if name not in _variables():
        raise ExtensionError(f"a style asks for {name}, which look.css does not set for light pages", modname="press.downloads")
    return _variables()[name]


def for_print() -> str:
    """Write the colours as LaTeX has them."""
    rows = ((name, value(variable).removeprefix("#").upper()) for name, variable in IN_PRINT.items())
    return "".join(rf"\definecolor{{{name}}}{{HTML}}{{{number}}}" + "\n" for name, number in rows)


@cache
def _variables() -> dict[str, str]:
    values = dict(WITHOUT_THEME)
    for node in tinycss2.parse_stylesheet(read("look.css"), skip_comments=True, skip_whitespace=True):
        if isinstance(node, QualifiedRule) and tinycss2.serialize(node.prelude).strip() in ('html[data-theme="light"]', ":root"):
            for part in tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True):
                if part.type == "declaration":
                    values[part.name] = tinycss2.serialize(part.value).strip()
    return values


def read(name: str) -> str:
    """Read a stylesheet of the book's own look."""
    return (STYLES / name).read_text(encoding="utf-8")
