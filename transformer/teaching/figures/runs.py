"""Pictures of why a view works or not: the order in which a tensor is read, cut at the borders of its runs."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor

from transformer.teaching.figures.picture import TINTS, Picture, framed, text_at

ROOM, WIDEST, HEIGHT, GAP = 344, 34, 26, 7  # for a strip, of a cell, and between two pieces, in SVG units
NARROWEST = 16  # a cell in which two digits can be read
NAMES = 44  # room for the names of dimensions, right of the lines


def memory_runs(tensor: Tensor, shapes: Sequence[tuple[int, ...]], text: str, *, caption: str = "") -> Picture:
    """Draw the memory of a tensor, the order in which it is read, and the dimensions of the shapes that one may want.

    A piece is read with one step; where the step changes, there is a border. Below, each dimension of a new shape is a row of
    lines, with a mark where each of its indexes begins. The lines of a
    dimension are red and dashed if no single stride walks it. A tick or a cross
    says whether ``view`` works.

    Args:
        tensor: Any tensor of at least two elements; the number in a cell is its place in memory.
        shapes: Shapes of the same number of elements.
        text: What the picture shows, in a sentence or two.
        caption: A line above all.

    Returns:
        The picture.

    Raises:
        ValueError: The tensor has fewer than two elements, or so many that a phone could not show their numbers, or a shape has
            another number of them.

    Example:
        >>> memory_runs(torch.arange(6).view(2, 3).t(), [(6,), (3, 2)], "Three pieces: (6,) reaches across their borders.")
        [picture: Three pieces: (6,) reaches across their borders.]
    """
    count = tensor.numel()
    if count < 2:
        raise ValueError(f"tensor must have at least two elements, got shape {tuple(tensor.shape)}")
    for shape in shapes:
        if torch.Size(shape).numel() != count:
            raise ValueError(f"shapes must have {count} elements each, got {shape}")
    places = _places(tensor)
    steps = [after - before for before, after in pairwise(places)]
    piece = [0]
    for step in steps:
        piece.append(piece[-1] + (step != steps[0]))
    side = min(WIDEST, (ROOM - NAMES - GAP * piece[-1]) // count, ROOM // (max(places) + 1))
    if side < NARROWEST:
        raise ValueError(f"tensor must be smaller to be drawn, got {count} elements in {max(places) + 1} places")
    lefts = [4 + i * side + GAP * piece[i] for i in range(count)]

    top = 24 * bool(caption)
    parts = [text_at(4, 20, caption, "caption", "start")] if caption else []
    parts.append(text_at(4, top + 18, "in memory", "label", "start"))
    look = {place: f"cell tint-{piece[i] % TINTS}" for i, place in enumerate(places)}
    for place in range(max(places) + 1):
        parts += _cell(4 + place * side, top + 24, side, place, look.get(place, "box"))
    parts.append(text_at(4, top + 78, f"as it is read, shape {tuple(tensor.shape)}", "label", "start"))
    for place, left in zip(places, lefts, strict=True):
        parts += _cell(left, top + 84, side, place, look[place])
    end, y = lefts[-1] + side, top + 84 + HEIGHT
    for shape in shapes:
        mark = "✓" if _can_view(tensor, shape) else "✗"
        parts.append(text_at(4, y + 24, f"view({', '.join(map(str, shape))}) {mark}", "value", "start"))
        y += 38
        size = 1  # elements in one index of the dimension
        for dimension, length in reversed(list(enumerate(shape))):
            if length > 1:
                lines = [range(first, first + length * size, size) for first in range(0, count, length * size)]
                walked = {places[after] - places[before] for line in lines for before, after in pairwise(line)}
                stroke = "arrow" if len(walked) == 1 else "crossing"
                for line in lines:
                    parts += [f'<path class="{stroke} mark" d="M{lefts[i] + 2} {y - 5} v10"/>' for i in line]
                    last = lefts[line[-1] + size - 1] + side
                    parts.append(f'<path class="{stroke}" d="M{lefts[line[0]] + 2} {y} H{last - 2}"/>')
                parts.append(text_at(end + 8, y + 4, f"dim {dimension}", "label", "start"))
                y += 15
            size *= length
    return framed(parts, max(end + NAMES, 8 + (max(places) + 1) * side), y + 4, text)


def _places(tensor: Tensor) -> list[int]:
    places = torch.tensor(tensor.storage_offset())
    for length, stride in zip(tensor.shape, tensor.stride(), strict=True):
        places = places.unsqueeze(-1) + stride * torch.arange(length)
    return places.flatten().tolist()


def _can_view(tensor: Tensor, shape: tuple[int, ...]) -> bool:
    try:
        tensor.view(shape)
    except RuntimeError:
        return False
    return True


def _cell(x: int, y: int, side: int, place: int, look: str) -> list[str]:
    rect = f'<rect class="{look}" x="{x}" y="{y}" width="{side}" height="{HEIGHT}"/>'
    return [rect, text_at(x + side / 2, y + HEIGHT / 2 + 4, str(place), "value")]
