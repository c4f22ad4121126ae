"""What the pages can have: each widget with its picture, its HTML, its data, and the scripts and styles that it needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from press.live import speller
from transformer.teaching.figures.picture import Picture

Address = Callable[[str], str]
"""Where a file of data stands, as seen from a page."""


@dataclass(frozen=True)
class Widget:
    """Something that a reader can touch, and what stands for it where nothing can be touched.

    Args:
        picture: Draws what its first state shows.
        html: Writes the widget in its first state, with the addresses of its data.
        data: The files that it loads when it is asked, each with its content.
        scripts: What its pages run, in this order.
        styles: What its pages look like.
    """

    picture: Callable[[str], Picture]
    html: Callable[[str, Address], str]
    data: Callable[[], Mapping[str, str]]
    scripts: tuple[str, ...]
    styles: tuple[str, ...]


def _speller(*, small: bool) -> Widget:
    scripts, styles = ("live.js", "speller-view.js", "speller.js"), ("speller.css",)
    return Widget(speller.picture, partial(speller.html, small=small), speller.data, scripts, styles)


WIDGETS = {"speller": _speller(small=False), "speller-small": _speller(small=True)}
"""Every widget by the name that the directive calls it."""
