"""Pictures of shares: what a whole is made of, as parts of a bar."""

from collections.abc import Mapping

from transformer.teaching.figures.picture import TINTS, Picture, framed, text_at

WIDTH, HEIGHT = 340, 26  # of a bar, in SVG units
NARROW = 34  # a part that is narrower has no room for its percentage


def share_bars(wholes: Mapping[str, Mapping[str, float]], text: str, *, caption: str = "") -> Picture:
    """Draw each whole as a bar of full width, cut into its parts; a name has the same tint in every bar, told by a legend.

    Args:
        wholes: For each whole, the size of each of its named parts; at most six names in all.
        text: What the picture shows, in a sentence or two.
        caption: A line above all.

    Returns:
        The picture.

    Raises:
        ValueError: There is no whole, a whole is not larger than 0, a part is negative, or there are more than six names.

    Example:
        >>> share_bars({"coins": {"gold": 1, "silver": 3}}, "Three of four coins are silver.")
        [picture: Three of four coins are silver.]
    """
    names = list(dict.fromkeys(name for parts in wholes.values() for name in parts))
    if not 1 <= len(names) <= TINTS:
        raise ValueError(f"wholes must have between 1 and {TINTS} names of parts, got {len(names)}")
    for whole, sizes in wholes.items():
        if not sum(sizes.values()) > 0 or min(sizes.values()) < 0:
            raise ValueError(f"{whole} must have parts that are not negative and a sum above 0, got {sizes}")
    drawn, y = [text_at(4, 20, caption, "caption", "start")] if caption else [], 8 + 24 * bool(caption)
    for whole, sizes in wholes.items():
        drawn.append(text_at(4, y + 14, whole, "value", "start"))
        y, x = y + 22, 4.0
        for name, size in sizes.items():
            share = size / sum(sizes.values())
            rest = f'y="{y}" width="{WIDTH * share:.1f}" height="{HEIGHT}"'
            drawn.append(f'<rect class="cell tint-{names.index(name)}" x="{x:.1f}" {rest}/>')
            if WIDTH * share >= NARROW:
                drawn.append(text_at(round(x + WIDTH * share / 2, 1), y + HEIGHT / 2 + 4, f"{share:.0%}", "value"))
            x += WIDTH * share
        y += HEIGHT + 8
    for i, name in enumerate(names):
        drawn.append(f'<rect class="cell tint-{i}" x="4" y="{y + 4}" width="14" height="14"/>')
        drawn.append(text_at(26, y + 16, name, "label", "start"))
        y += 20
    return framed(drawn, WIDTH + 8, y + 8, text)
