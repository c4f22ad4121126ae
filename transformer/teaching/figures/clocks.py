"""Pictures of positions as clocks: a sine and a cosine are the tip of a hand."""

from collections.abc import Sequence

from torch import Tensor

from transformer.teaching.figures.picture import Picture, framed, text_at

SIDE, RADIUS = 44, 18  # of the square around a clock, and of its face, in SVG units


def clocks(rows: Tensor, text: str, *, labels: Sequence[str] = (), caption: str = "") -> Picture:
    """Draw each pair of columns as the hand of a clock: the sine points right, the cosine up.

    A pair that is sine and cosine of one angle puts the tip of its hand on the rim of the face.

    Args:
        rows: (positions, columns), an even number of columns, sines in the even ones and cosines in the odd ones.
        text: What the picture shows, in a sentence or two.
        labels: A label for each position.
        caption: A line above the clocks.

    Returns:
        The picture.

    Raises:
        ValueError: ``rows`` is not two-dimensional, or has an odd number of columns.

    Example:
        >>> from torch import tensor
        >>> clocks(tensor([[0.0, 1.0, 1.0, 0.0]]), "One hand points up, the other right.")
        [picture: One hand points up, the other right.]
    """
    if rows.dim() != 2 or rows.shape[1] % 2:
        raise ValueError(f"rows must have shape (positions, an even number of columns), got {tuple(rows.shape)}")
    left, top = 12 + 8 * max((len(label) for label in labels), default=0), 8 + 24 * bool(caption)
    parts = [text_at(4, 20, caption, "caption", "start")] if caption else []
    parts += [text_at(left - 6, top + i * SIDE + SIDE / 2 + 4, label, "label", "end") for i, label in enumerate(labels)]
    for i, row in enumerate(rows.tolist()):
        for pair in range(len(row) // 2):
            parts += _clock(left + (pair + 0.5) * SIDE, top + (i + 0.5) * SIDE, row[2 * pair], row[2 * pair + 1])
    width = max(left + rows.shape[1] // 2 * SIDE, 8 + 8 * len(caption))  # a caption may be wider than the clocks
    return framed(parts, width, top + len(rows) * SIDE + 4, text)


def _clock(x: float, y: float, sine: float, cosine: float) -> list[str]:
    tip = f"{x + RADIUS * sine:.1f}", f"{y - RADIUS * cosine:.1f}"
    line = f'x1="{x:g}" y1="{y:g}" x2="{tip[0]}" y2="{tip[1]}" stroke="currentColor" stroke-width="2"'
    hand = f'<line {line}/><circle cx="{tip[0]}" cy="{tip[1]}" r="3" fill="currentColor"/>'
    return [
        f'<circle class="rule" cx="{x:g}" cy="{y:g}" r="{RADIUS}" fill="none" stroke="currentColor" stroke-opacity="0.35"/>',
        f'<g style="color: var(--pst-color-primary)">{hand}</g>',
    ]
