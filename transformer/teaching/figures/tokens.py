"""Pictures of who owns a number: each cell carries its token's letter and colour, wherever a view has put it."""

from collections.abc import Sequence
from string import ascii_uppercase

from torch import Tensor

from transformer.teaching.figures.picture import TINTS, Picture, framed, text_at

WIDTH, HEIGHT, GAP = 34, 28, 8  # of a cell, and between two heads, in SVG units


def tokens(places: Tensor, d_model: int, text: str, *, rows: Sequence[str] = (), caption: str = "") -> Picture:
    """Draw where the numbers of each token went: B3 is the fourth number of the second token.

    Args:
        places: (rows, columns) or (rows, heads, columns); each entry is the place that the number had in a tensor
            of shape (tokens, d_model), counted from 0, as ``torch.arange`` counts. Heads are drawn with a gap between them.
        d_model: How many numbers a token has.
        text: What the picture shows, in a sentence or two.
        rows: A label for each row.
        caption: A line above the grid.

    Returns:
        The picture.

    Raises:
        ValueError: ``places`` has another shape, or there are more tokens than letters.

    Example:
        >>> from torch import arange
        >>> tokens(arange(12).view(2, 3, 2), 6, "Two tokens, each split into three heads.")
        [picture: Two tokens, each split into three heads.]
    """
    if places.dim() not in (2, 3):
        raise ValueError(f"places must have shape (rows, columns) or (rows, heads, columns), got {tuple(places.shape)}")
    if places.max() >= d_model * len(ascii_uppercase):
        raise ValueError(f"places must name at most {len(ascii_uppercase)} tokens of {d_model} numbers, got {places.max()}")
    table = places.view(len(places), -1, places.shape[-1]).tolist()
    left, top = 8 + 8 * max((len(row) for row in rows), default=0), 8 + 24 * bool(caption)
    parts = [text_at(left, 20, caption, "caption", "start")] if caption else []
    parts += [text_at(left - 5, top + i * HEIGHT + HEIGHT / 2 + 4, row, "label", "end") for i, row in enumerate(rows)]
    width = left + 8 * len(caption)  # a caption may be wider than the grid
    for i, heads in enumerate(table):
        x, y = left, top + i * HEIGHT
        for head in heads:
            for place in head:
                token, number = divmod(place, d_model)
                parts.append(f'<rect class="cell tint-{token % TINTS}" x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}"/>')
                parts.append(text_at(x + WIDTH / 2, y + HEIGHT / 2 + 4, f"{ascii_uppercase[token]}{number}", "value"))
                x += WIDTH
            x += GAP
        width = max(width, x)
    return framed(parts, width, top + len(table) * HEIGHT + 8, text)
