"""Pictures of matrices, drawn from their values."""

from collections.abc import Sequence

from torch import Tensor

from transformer.teaching.figures.picture import CELL, Picture, framed, text_at, written


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
            parts.append(text_at(x + CELL / 2, y + CELL / 2 + 4, written(value, digits), "value"))
    return framed(parts, left + len(table[0]) * CELL + 8, top + len(table) * CELL + 8, text)


def _margin(rows: Sequence[str]) -> int:
    return 12 + 9 * max((len(row) for row in rows), default=0)


def _labels(rows: Sequence[str], columns: Sequence[str], caption: str, left: int, top: int) -> list[str]:
    parts = [text_at(left, 20, caption, "caption", "start")] if caption else []
    parts += [text_at(left - 6, top + i * CELL + CELL / 2 + 4, row, "label", "end") for i, row in enumerate(rows)]
    parts += [text_at(left + j * CELL + CELL / 2, top - 6, column, "label") for j, column in enumerate(columns)]
    return parts
