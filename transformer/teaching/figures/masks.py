"""A picture of what a mask lets each head see, with the cells marked that differ from what was wanted."""

from torch import Tensor

from transformer.teaching.figures.picture import Picture, framed, text_at

SIDE = 28  # side of a cell, in SVG units: seven keys and a label fit a phone
LEFT = 58  # room for the items' labels


def seen_by_heads(seen: Tensor, wanted: Tensor, text: str, *, caption: str = "") -> Picture:
    """Draw, for each head, which keys each item of the batch may attend to.

    A tick is a key that may be attended to, a cross is a hidden one. A cell that is not as wanted is tinted and has a !.

    Args:
        seen: (batch, heads, key), bool, True where the key may be attended to.
        wanted: The same for a right mask, of the same shape.
        text: What the picture shows, in a sentence or two.
        caption: A line above the grids.

    Returns:
        The picture.

    Raises:
        ValueError: ``seen`` is not three-dimensional, or ``wanted`` has another shape.

    Example:
        >>> from torch import ones
        >>> everything = ones(2, 3, 5).bool()
        >>> seen_by_heads(everything, everything, "Every head of both items sees all keys.")
        [picture: Every head of both items sees all keys.]
    """
    if seen.dim() != 3 or wanted.shape != seen.shape:
        raise ValueError(
            f"seen and wanted must have one shape (batch, heads, key), got {tuple(seen.shape)} and {tuple(wanted.shape)}"
        )
    batch, heads, length = seen.shape
    parts = [text_at(4, 20, caption, "caption", "start")] if caption else []
    top = 24 * bool(caption)
    for head in range(heads):
        parts.append(text_at(LEFT, top + 20, f"head {head}", "label", "start"))
        top += 26
        for item in range(batch):
            parts.append(text_at(LEFT - 8, top + SIDE / 2 + 4, f"item {item}", "label", "end"))
            for key in range(length):
                parts += _cell(bool(seen[item, head, key]), bool(wanted[item, head, key]), LEFT + key * SIDE, top)
            top += SIDE
    return framed(parts, LEFT + length * SIDE + 8, top + 8, text)


def _cell(seen: bool, wanted: bool, x: int, y: int) -> list[str]:
    look = f'class="cell" fill-opacity="{0.4 * seen:.1f}"' if seen == wanted else 'class="cell tint-1"'
    rect = f'<rect {look} x="{x}" y="{y}" width="{SIDE}" height="{SIDE}"/>'
    mark = ("✓" if seen else "✗") + "!" * (seen != wanted)
    return [rect, text_at(x + SIDE / 2, y + SIDE / 2 + 4, mark, "value")]
