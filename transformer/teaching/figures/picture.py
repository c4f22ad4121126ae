"""A picture: an inline SVG that follows the page's theme and scales to a phone, with the words that say what it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

CELL = 40  # side of a cell, in SVG units
TINTS = 6  # the book's style sheet has this many, tint-0 to tint-5


@dataclass(frozen=True)
class Picture:
    """An SVG with its words: the text is what a screen reader says, and what is printed where no SVG can be shown.

    Args:
        svg: The drawing.
        text: What the picture shows, in a sentence or two.
    """

    svg: str
    text: str

    def __repr__(self) -> str:
        """Say what the picture shows."""
        return f"[picture: {self.text}]"

    def _repr_html_(self) -> str:
        return self.svg


def side_by_side(*pictures: Picture) -> Picture:
    """Put pictures beside each other where there is room, and below each other where there is not.

    Args:
        pictures: The pictures, from left to right.

    Returns:
        One picture that holds them all.

    Example:
        >>> from torch import eye
        >>> from transformer.teaching.figures.grids import matrix
        >>> side_by_side(matrix(eye(2), "left"), matrix(eye(2), "right"))
        [picture: left right]
    """
    return Picture(
        f'<div class="pictures">{"".join(picture.svg for picture in pictures)}</div>', " ".join(p.text for p in pictures)
    )


def text_at(x: float | int, y: float | int, words: str, kind: str, anchor: str = "middle") -> str:
    """Write words at a place."""
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'


def framed(parts: Sequence[str], width: int, height: int, text: str) -> Picture:
    """Put parts into a picture of a size."""
    head = f'<svg class="picture" role="img" aria-label="{escape(text)}" viewBox="0 0 {width} {height}" width="{width}"'
    return Picture(f'{head} xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>', text)


def written(value: float | int, digits: int) -> str:
    """Write a cell's value: a number, or a tick or a cross."""
    if isinstance(value, bool):
        return "✓" if value else "✗"
    return f"{value:.{digits}f}"
