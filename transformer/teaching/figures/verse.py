"""Pictures of a poem: the tones at the places that a rule asks for, and the ends that rhyme."""

from collections.abc import Collection, Mapping, Sequence

from transformer.teaching.figures.picture import Picture, framed, text_at

Place = tuple[int, int]
SIDE, HEIGHT, GAP = 40, 50, 6  # of a cell, and the gap below a line, in SVG units
SIGN = 4  # radius of the sign of a tone
TONES = {"level": 0, "oblique": 1, "either": 4}  # the tints
RHYMES = "rhymes"


def verse(
    lines: Sequence[str], tones: Mapping[Place, str], rhymes: Collection[Place], text: str, *, caption: str = ""
) -> Picture:
    """Draw each line of a poem as a row: an empty circle is a level tone, a full one an oblique tone, a frame a rhyme.

    Args:
        lines: The lines of the poem.
        tones: "level", "oblique" or "either" for places (line, character) of the poem, counted from 0; others get no sign.
        rhymes: Places that rhyme.
        text: What the picture shows, in a sentence or two.
        caption: A line above the poem.

    Returns:
        The picture, with a legend of what occurs in it.

    Raises:
        ValueError: There is no line, a line is empty, a tone is none of the three, or a place is not in the poem.

    Example:
        >>> verse(("白日", "黃河"), {(0, 1): "oblique", (1, 1): "level"}, {(1, 1)}, "Two tones that mirror each other.")
        [picture: Two tones that mirror each other.]
    """
    if not lines or not all(lines):
        raise ValueError(f"lines must hold a line, and each a character, got {list(lines)}")
    for tone in tones.values():
        if tone not in TONES:
            raise ValueError(f"a tone must be one of {', '.join(TONES)}, got {tone!r}")
    for i, k in (*tones, *rhymes):
        if not (0 <= i < len(lines) and 0 <= k < len(lines[i])):
            raise ValueError(f"a place must be in the poem, got line {i}, character {k}")
    top = 8 + 24 * bool(caption)
    parts = [text_at(8, 20, caption, "caption", "start")] if caption else []
    for i, line in enumerate(lines):
        for k, character in enumerate(line):
            x, y, kind = 8 + k * SIDE, top + i * (HEIGHT + GAP), tones.get((i, k))
            fill = f'class="cell tint-{TONES[kind]}"' if kind else 'class="cell" fill-opacity="0.1"'
            parts.append(f'<rect {fill} x="{x}" y="{y}" width="{SIDE}" height="{HEIGHT}"/>')
            parts.append(text_at(x + SIDE / 2, y + 27, character, "character"))
            parts += [_sign(x + SIDE / 2, y + HEIGHT - 9, kind)] if kind else []
    for i, k in sorted(rhymes):
        parts.append(_frame(8 + k * SIDE, top + i * (HEIGHT + GAP), SIDE, HEIGHT))
    x, y = 8, top + len(lines) * (HEIGHT + GAP) + 12
    for name in [*(tone for tone in TONES if tone in tones.values()), *([RHYMES] if rhymes else [])]:
        parts.append(_frame(x, y - SIGN, 2 * SIGN, 2 * SIGN) if name == RHYMES else _sign(x + SIGN, y, name))
        parts.append(text_at(x + 2 * SIGN + 5, y + 4, name, "label", "start"))
        x += 2 * SIGN + 19 + 6 * len(name)
    width = max(16 + SIDE * max(map(len, lines)), x, 16 + 8 * len(caption))
    return framed(parts, width, y + 12, text)


def _sign(x: float, y: float, tone: str) -> str:
    circle = f'<circle cx="{x:g}" cy="{y:g}" r="{SIGN}" fill="{"currentColor" if tone == "oblique" else "none"}"'
    half = f'<path d="M{x:g} {y - SIGN:g}a{SIGN} {SIGN} 0 0 0 0 {2 * SIGN}z" fill="currentColor"/>' if tone == "either" else ""
    return f'{circle} stroke="currentColor"/>{half}'


def _frame(x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="rhyme" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"/>'
