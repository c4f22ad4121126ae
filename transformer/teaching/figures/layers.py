"""Pictures of layers: the residual path as one line, with the branches that leave it and come back."""

from collections.abc import Mapping, Sequence

from transformer.teaching.figures.arrows import arrow
from transformer.teaching.figures.picture import Picture, framed, text_at
from transformer.teaching.sublayers import SubLayer

LANE, PATH, BRANCH = 182, 27, 62  # of a layer's width; of the path and of the branch's boxes in it, in SVG units
WIDTH, HEIGHT, GAP = 108, 30, 16  # of a box, and between two of them
ON_PATH = 48  # width of a box on the path
KINDS = {"norm": "kind-LayerNorm", "feed forward": "kind-FeedForward", "dropout": "kind-Dropout"}


def residual_path(layers: Mapping[str, Sequence[SubLayer]], text: str) -> Picture:
    """Draw layers beside each other, each from top to bottom: the path is a line, and a part stands on it or in a branch.

    Args:
        layers: For each name, what ``sublayers`` recorded.
        text: What the picture shows, in a sentence or two.

    Returns:
        The picture.

    Raises:
        ValueError: There is no layer, or a layer has no sub-layer.

    Example:
        >>> residual_path({"post-norm": [SubLayer((), ("self attention",), ("norm",))]}, "The norm stands on the path.")
        [picture: The norm stands on the path.]
    """
    if not layers or not all(layers.values()):
        raise ValueError(f"layers must have at least one name with a sub-layer, got {dict(layers)}")
    parts: list[str] = []
    heights: list[float] = []
    for i, (name, wired) in enumerate(layers.items()):
        left, y = i * LANE, 46.0
        parts.append(text_at(left + 4, 16, name, "caption", "start"))
        parts.append(text_at(left + PATH, 40, "x", "value"))
        for sublayer in wired:
            drawn, y = _sublayer(sublayer, left, y)
            parts += drawn
        parts.append(_along(left + PATH, y, y + 22))
        parts.append(text_at(left + PATH, y + 36, "x", "value"))
        heights.append(y + 44)
    return framed(parts, len(layers) * LANE - 10, round(max(heights)), text)


def _sublayer(sublayer: SubLayer, left: int, y: float) -> tuple[list[str], float]:
    """Draw one sub-layer from a height on, and tell the height at which it ends."""
    x, middle = left + PATH, left + BRANCH + WIDTH / 2
    parts, y = _on_path(sublayer.before, x, y)
    fork, top = y + 10, y + 24
    parts.append(arrow((x, fork), (middle, fork), (middle, top)))
    for i, name in enumerate(sublayer.branch):
        if i:
            parts.append(arrow((middle, top - GAP), (middle, top)))
        parts.append(_box(name, left + BRANCH, top, WIDTH))
        top += HEIGHT + GAP
    total = top + 2
    parts.append(arrow((middle, top - GAP), (middle, total), (x + 10, total)))
    parts.append(_along(x, y, total - 9))
    parts.append(f'<circle class="box" cx="{x}" cy="{total:g}" r="9"/>')
    parts.append(text_at(x, total + 5, "+", "caption"))
    after, y = _on_path(sublayer.after, x, total + 9)
    return parts + after, y


def _on_path(names: Sequence[str], x: int, y: float) -> tuple[list[str], float]:
    parts = []
    for name in names:
        parts += [_along(x, y, y + GAP), _box(name, x - ON_PATH / 2, y + GAP, ON_PATH)]
        y += GAP + HEIGHT
    return parts, y


def _along(x: int, y: float, end: float) -> str:
    return f'<g class="residual">{arrow((x, y), (x, end))}</g>'


def _box(name: str, x: float, y: float, width: float) -> str:
    look = KINDS.get(name, "kind-MultiHeadAttention")
    box = f'<rect class="box {look}" x="{x:g}" y="{y:g}" width="{width}" height="{HEIGHT}" rx="5"/>'
    return box + text_at(x + width / 2, y + HEIGHT / 2 + 4, name, "value")
