"""Pictures of a beam search as a tree: what it looked at, what it followed, what it dropped, and the answer."""

from collections.abc import Mapping, Sequence

from transformer.teaching.beams import Candidate
from transformer.teaching.figures.picture import Picture, framed, text_at

HEIGHT, GAP = 38, 8  # of a candidate's box, and between two of them, in SVG units
ROOT, EDGE = 40, 20  # width of the start, and room for the lines between two steps
LOOKS = {"followed": "cell tint-0", "answer": "cell tint-2", "dropped": "frame"}
Tokens = tuple[int, ...]


def beam_tree(candidates: Sequence[Candidate], words: Sequence[str], text: str, *, caption: str = "") -> Picture:
    """Draw the candidates of a search, a column a step, each with its last word and its probability.

    Args:
        candidates: What ``watch_beams`` returned, or some of it; a beginning stands before what follows it.
        words: The word of each token id.
        text: What the picture shows, in a sentence or two.
        caption: A line above the tree.

    Returns:
        The picture. What was followed is filled, the answer is filled in another colour and marked with a tick, and what was
        dropped has a dashed frame.

    Raises:
        ValueError: There is no candidate, or one stands before its beginning, or without it.

    Example:
        >>> both = [Candidate((0,), 0.75, "answer"), Candidate((1,), 0.25, "dropped")]
        >>> beam_tree(both, ["yes", "no"], "The answer is yes.")
        [picture: The answer is yes.]
    """
    if not candidates:
        raise ValueError("candidates must have at least one, got none")
    children: dict[Tokens, list[Candidate]] = {(): []}
    for one in candidates:
        if one.tokens[:-1] not in children:
            raise ValueError(f"candidates must hold each beginning before what follows it, got {one.tokens} without")
        children[one.tokens[:-1]].append(one)
        children[one.tokens] = []
    top = 28 * bool(caption)
    heights = _heights(children, top + HEIGHT / 2 + 4)
    names = {one.tokens: words[one.tokens[-1]] + " ✓" * (one.fate == "answer") for one in candidates}
    width = 14 + 8 * max(map(len, names.values()))
    parts = [text_at(4, 20, caption, "caption", "start")] if caption else []
    parts.append(text_at(4, heights[()] + 4, "start", "label", "start"))
    for one in candidates:
        x = 4 + ROOT + (len(one.tokens) - 1) * (width + EDGE) + EDGE
        y = heights[one.tokens]
        parts.append(_edge(x - EDGE, heights[one.tokens[:-1]], x, y))
        parts.append(f'<rect class="{LOOKS[one.fate]}" x="{x}" y="{y - HEIGHT / 2:g}" width="{width}" height="{HEIGHT}" rx="5"/>')
        parts.append(text_at(x + width / 2, y - 3, names[one.tokens], "caption" if one.fate == "answer" else "value"))
        parts.append(text_at(x + width / 2, y + 13, f"{one.chance:.2f}", "value"))
    deepest = max(len(one.tokens) for one in candidates)
    bottom = max(heights.values()) + HEIGHT / 2 + 16
    for fate in [fate for fate in LOOKS if fate in {one.fate for one in candidates}]:
        parts.append(f'<rect class="{LOOKS[fate]}" x="4" y="{bottom:g}" width="14" height="14"/>')
        parts.append(text_at(26, bottom + 12, fate, "label", "start"))
        bottom += 20
    size = max(ROOT + deepest * (width + EDGE) + 8, 8 + 8 * len(caption))  # a caption may be wider than the tree
    return framed(parts, size, round(bottom) + 4, text)


def _heights(children: Mapping[Tokens, Sequence[Candidate]], first: float) -> dict[Tokens, float]:
    """Put what nothing follows below each other, and each other beginning in the middle of what follows it."""
    heights: dict[Tokens, float] = {}

    def put(tokens: Tokens) -> float:
        nonlocal first
        below = [put(child.tokens) for child in children[tokens]]
        if below:
            heights[tokens] = (below[0] + below[-1]) / 2
        else:
            heights[tokens], first = first, first + HEIGHT + GAP
        return heights[tokens]

    put(())
    return heights


def _edge(x: float, y: float, end_x: float, end_y: float) -> str:
    return f'<path class="arrow" d="M{x:g} {y:g} C{x + EDGE / 2:g} {y:g} {x + EDGE / 2:g} {end_y:g} {end_x:g} {end_y:g}"/>'
