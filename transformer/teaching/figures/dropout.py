"""Pictures of attention rows under dropout: which keys were meant to go, what they weigh, and what each row sums to."""

from torch import Tensor

from transformer.teaching.figures.picture import CELL, Picture, framed, text_at


def dropped_rows(weights: Tensor, keep: Tensor, text: str, *, caption: str = "") -> Picture:
    """Draw rows of attention weights with a dashed frame around each dropped key, and the sum of each row beside it.

    The depth of a cell's colour is the weight itself, so that pictures can be compared.

    Args:
        weights: (query, key), not negative.
        keep: (query, key), of bools, False where a key was dropped.
        text: What the picture shows, in a sentence or two.
        caption: A line above the grid.

    Returns:
        The picture.

    Raises:
        ValueError: ``weights`` is not two-dimensional, or ``keep`` has another shape.

    Example:
        >>> from torch import eye
        >>> dropped_rows(eye(3), eye(3).bool(), "Each query keeps its own key.")
        [picture: Each query keeps its own key.]
    """
    if weights.dim() != 2 or weights.shape != keep.shape:
        raise ValueError(
            f"weights and keep must both have shape (query, key), got {tuple(weights.shape)} and {tuple(keep.shape)}"
        )
    left, top = 32, 32 + 24 * bool(caption)
    right = left + CELL * weights.shape[1]
    parts = [text_at(left, 20, caption, "caption", "start")] if caption else []
    parts += [text_at(left + (j + 0.5) * CELL, top - 6, f"k{j + 1}", "label") for j in range(weights.shape[1])]
    parts.append(text_at(right + 26, top - 6, "sum", "label"))
    for i, row in enumerate(weights.tolist()):
        y = top + i * CELL
        parts.append(text_at(left - 6, y + CELL / 2 + 4, f"q{i + 1}", "label", "end"))
        for j, weight in enumerate(row):
            x, depth = left + j * CELL, 0.75 * min(weight, 1.0)
            parts.append(f'<rect class="cell" x="{x}" y="{y}" width="{CELL}" height="{CELL}" fill-opacity="{depth:.2f}"/>')
            if not keep[i, j]:
                frame = f'x="{x + 3}" y="{y + 3}" width="{CELL - 6}" height="{CELL - 6}"'
                parts.append(f'<rect {frame} fill="none" stroke="currentColor" stroke-dasharray="3 3"/>')
            parts.append(text_at(x + CELL / 2, y + CELL / 2 + 4, f"{weight:.2f}", "value"))
        parts.append(text_at(right + 26, y + CELL / 2 + 4, f"{sum(row):.2f}", "caption"))
    return framed(parts, right + 52, top + CELL * len(weights) + 8, text)
