"""Pictures of tensors, drawn from their values as inline SVG: they follow the page's light or dark theme and scale to a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from torch import Tensor

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
        >>> side_by_side(matrix(eye(2), "left"), matrix(eye(2), "right"))
        [picture: left right]
    """
    return Picture(
        f'<div class="pictures">{"".join(picture.svg for picture in pictures)}</div>', " ".join(p.text for p in pictures)
    )


def matrix(
    values: Tensor,
    text: str,
    *,
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
    caption: str = "",
    digits: int = 2,
) -> Picture:
    """Draw a matrix as a grid: the larger the value the deeper the colour, with the value written in each cell.

    Args:
        values: (rows, columns), of numbers or of bools; a bool is drawn as a tick or a cross.
        text: What the picture shows, in a sentence or two.
        rows: A label for each row.
        columns: A label for each column.
        caption: A line above the grid.
        digits: Decimal places of a number.

    Returns:
        The picture.

    Raises:
        ValueError: ``values`` is not two-dimensional.

    Example:
        >>> from torch import eye
        >>> matrix(eye(3), "The identity.")
        [picture: The identity.]
    """
    if values.dim() != 2:
        raise ValueError(f"values must have shape (rows, columns), got {tuple(values.shape)}")
    table = values.tolist()
    largest = max([0.0, *(abs(value) for row in table for value in row if value == value)])  # NaN has no size
    left, top = _margin(rows), 12 + 24 * bool(caption) + 20 * bool(columns)
    parts = _labels(rows, columns, caption, left, top)
    for i, row in enumerate(table):
        for j, value in enumerate(row):
            x, y = left + j * CELL, top + i * CELL
            share = abs(value) / largest if abs(value) > 0 else 0.0
            parts.append(f'<rect class="cell" x="{x}" y="{y}" width="{CELL}" height="{CELL}" fill-opacity="{0.75 * share:.2f}"/>')
            parts.append(_text(x + CELL / 2, y + CELL / 2 + 4, _written(value, digits), "value"))
    return _picture(parts, left + len(table[0]) * CELL + 8, top + len(table) * CELL + 8, text)


def memory(tensor: Tensor, text: str, *, caption: str = "") -> Picture:
    """Draw a matrix twice: as it is indexed, and as it lies in memory. Each row of the matrix has one tint in both.

    Args:
        tensor: (rows, columns), of small whole numbers, covering its storage once.
        text: What the picture shows, in a sentence or two.
        caption: A line above the grid.

    Returns:
        The picture.

    Raises:
        ValueError: ``tensor`` is not two-dimensional.

    Example:
        >>> from torch import arange
        >>> memory(arange(6).view(2, 3).t(), "Columns became rows; memory did not move.")
        [picture: Columns became rows; memory did not move.]
    """
    if tensor.dim() != 2:
        raise ValueError(f"tensor must have shape (rows, columns), got {tuple(tensor.shape)}")
    height, width = tensor.shape
    top, strip = 12 + 24 * bool(caption), CELL * height + 36 + 24 * bool(caption)
    parts = [_text(4, 20, caption, "caption", "start")] if caption else []
    parts.append(_text(4, strip - 6, f"in memory, stride {tuple(tensor.stride())}", "label", "start"))
    for i in range(height):
        for j in range(width):
            place = i * tensor.stride(0) + j * tensor.stride(1)
            for x, y in ((4 + j * CELL, top + i * CELL), (4 + place * CELL, strip)):
                parts.append(f'<rect class="cell tint-{i % TINTS}" x="{x}" y="{y}" width="{CELL}" height="{CELL}"/>')
                parts.append(_text(x + CELL / 2, y + CELL / 2 + 4, _written(tensor[i, j].item(), 0), "value"))
    return _picture(parts, 12 + max(width, height * width) * CELL, strip + CELL + 8, text)


def _written(value: float | int, digits: int) -> str:
    if isinstance(value, bool):
        return "✓" if value else "✗"
    return f"{value:.{digits}f}"


def _margin(rows: Sequence[str]) -> int:
    return 12 + 9 * max((len(row) for row in rows), default=0)


def _labels(rows: Sequence[str], columns: Sequence[str], caption: str, left: int, top: int) -> list[str]:
    parts = [_text(left, 20, caption, "caption", "start")] if caption else []
    parts += [_text(left - 6, top + i * CELL + CELL / 2 + 4, row, "label", "end") for i, row in enumerate(rows)]
    parts += [_text(left + j * CELL + CELL / 2, top - 6, column, "label") for j, column in enumerate(columns)]
    return parts


def _text(x: float | int, y: float | int, words: str, kind: str, anchor: str = "middle") -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'


def _picture(parts: Sequence[str], width: int, height: int, text: str) -> Picture:
    head = f'<svg class="picture" role="img" aria-label="{escape(text)}" viewBox="0 0 {width} {height}" width="{width}"'
    return Picture(f'{head} xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>', text)
