"""Pictures of a text that is cut into pieces, row by row: each piece is a cell, as wide as its letters."""

from collections.abc import Mapping, Sequence

from transformer.teaching.figures.picture import TINTS, Picture, framed, text_at

LETTER, HEIGHT, GAP = 22, 26, 6  # width of a letter, height of a row, and the gap below it, in SVG units


def pieces(rows: Mapping[str, Sequence[str]], text: str, *, caption: str = "") -> Picture:
    """Draw each row as a text in pieces; a piece that is not in the row above is coloured.

    Args:
        rows: For each label the pieces of the text, in order, none of them empty.
        text: What the picture shows, in a sentence or two.
        caption: A line above all.

    Returns:
        The picture.

    Raises:
        ValueError: There is no row, a row has no pieces, or a piece is empty.

    Example:
        >>> pieces({"letters": ["t", "h", "e"], "t + h": ["th", "e"]}, "Two letters are joined.")
        [picture: Two letters are joined.]
    """
    if not rows or not all(row and all(row) for row in rows.values()):
        raise ValueError(f"rows must have pieces, and no piece may be empty, got {dict(rows)}")
    left, top = 14 + 8 * max(map(len, rows)), 8 + 24 * bool(caption)
    parts = [text_at(left, 20, caption, "caption", "start")] if caption else []
    above: Sequence[str] = next(iter(rows.values()))
    for i, (label, row) in enumerate(rows.items()):
        x, y = left, top + i * (HEIGHT + GAP)
        parts.append(text_at(left - 8, y + HEIGHT / 2 + 4, label, "label", "end"))
        for piece in row:
            width = LETTER * len(piece)
            tint = f"tint-{i % TINTS}" if piece not in above else ""
            fill = f'class="cell {tint}"' if tint else 'class="cell" fill-opacity="0.1"'
            parts.append(f'<rect {fill} x="{x}" y="{y}" width="{width}" height="{HEIGHT}"/>')
            parts.append(text_at(x + width / 2, y + HEIGHT / 2 + 4, piece, "value"))
            x += width
        above = row
    longest = max(sum(map(len, row)) for row in rows.values())
    width = left + max(LETTER * longest, 8 * len(caption)) + 8
    return framed(parts, width, top + len(rows) * (HEIGHT + GAP) + 2, text)
