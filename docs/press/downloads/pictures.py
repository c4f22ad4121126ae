"""Pictures that stand alone: the book's SVG takes its colours from the site's stylesheets, which no notebook or e-book has."""

import base64
import re
from dataclasses import dataclass
from functools import cache
from html import escape, unescape

import tinycss2
from sphinx.errors import ExtensionError
from tinycss2.ast import QualifiedRule

from press.downloads.colours import read, with_values

SVG = re.compile(r"<svg\b.*?</svg>", flags=re.DOTALL)
LINK = re.compile(r"</?a\b[^>]*>")
LABEL = re.compile(r'aria-label="([^"]*)"')
BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)" width="([\d.]+)"')


@dataclass(frozen=True)
class Figure:
    """A picture as a file of its own: SVG with its colours inside, and what it shows in words."""

    svg: str
    text: str

    @property
    def html(self) -> str:
        """The picture as an image that holds its own data: Jupyter shows it even in a notebook that it does not trust."""
        data = base64.b64encode(self.svg.encode()).decode()
        return f'<img alt="{escape(self.text)}" src="data:image/svg+xml;base64,{data}"/>'


def figures_in(html: str, background: str = "") -> list[Figure]:
    """Find the pictures in the HTML of an output.

    Args:
        html: What a cell put out.
        background: The colour behind each picture; none if empty.

    Returns:
        One figure a picture, in their order.
    """
    return [_alone(drawn, background) for drawn in SVG.findall(html)]


def _alone(drawn: str, background: str) -> Figure:
    label, box = LABEL.search(drawn), BOX.search(drawn)
    if label is None or box is None:
        raise ExtensionError(f"a picture without a text or a size: {drawn[:200]}", modname="press.downloads")
    width, height, shown = (float(number) for number in box.groups())
    plate = f'<rect width="{width:g}" height="{height:g}" fill="{background}"/>' if background else ""
    head, _, rest = LINK.sub("", drawn).replace('role="group"', 'role="img"', 1).partition(">")
    head += f' height="{height * shown / width:g}"'
    return Figure(f"{head}><style>{rules()}</style>{plate}{rest}", unescape(label[1]))


@cache
def rules() -> str:
    """Return the rules that draw a picture, in the colours of the light theme, without those that fit it into a page."""
    found = []
    for node in tinycss2.parse_stylesheet(read("figures.css"), skip_comments=True, skip_whitespace=True):
        if isinstance(node, QualifiedRule):
            selector, content = tinycss2.serialize(node.prelude).strip(), tinycss2.serialize(node.content).strip()
            if selector.startswith("svg.") and selector != "svg.picture" and ":" not in selector:
                found.append(f"{selector}{{{with_values(content)}}}")
    return "".join(found)
