"""The picture of the whole model, drawn from a trace of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from transformer.teaching.figures.arrows import arrow
from transformer.teaching.figures.picture import Picture, text_at
from transformer.teaching.trace import Step

WIDTH, HEIGHT, GAP = 160, 56, 19  # of a box, and between two, in SVG units; two columns of this width fit a phone
COLUMNS = {"encoder": 24, "decoder": 206}  # left edge of each column's boxes
RESIDUAL = {"encoder": 11, "decoder": 379}  # where the residual lines run, outside of the boxes
MEMORY = 195  # where the encoder's output runs


@dataclass(frozen=True)
class Box:
    """One box of the picture: a step, and how many layers repeat it.

    Args:
        step: The step as it ran in the first layer.
        side: ``encoder`` or ``decoder``.
        repeats: Number of layers in which the same part runs; 1 outside the layers.
    """

    step: Step
    side: str
    repeats: int

    @property
    def title(self) -> str:
        """The part's own name, in words."""
        if self.step.kind == "Identity":
            return "no final norm"
        own = self.step.name.rpartition(".")[2]
        return "add & norm" if own.endswith("add_norm") else own.replace("_", " ")


def boxes(steps: Sequence[Step]) -> list[Box]:
    """Fold the layers of a trace: equal layers become one set of boxes.

    Args:
        steps: What ``trace`` returned.

    Returns:
        The boxes in the order in which they ran first.

    Raises:
        ValueError: Two layers of one stack differ, so that one box cannot stand for both.

    Example:
        >>> step = Step("encoder.layers.0.feed_forward", "FeedForward", (2, 7, 6), 97, False)
        >>> other = Step("encoder.layers.1.feed_forward", "FeedForward", (2, 7, 6), 97, False)
        >>> [(box.title, box.repeats) for box in boxes([step, other])]
        [('feed forward', 2)]
    """
    found: list[Box] = []
    side = "encoder"
    for step in steps:
        if step.name.startswith(("target_", "decoder.")):
            side = "decoder"
        layer = re.search(r"\.layers\.(\d+)\.", step.name)
        if layer is None or layer[1] == "0":
            found.append(Box(step, side, 1))
            continue
        first = step.name.replace(layer[0], ".layers.0.")
        place = next(i for i, box in enumerate(found) if box.step.name == first)
        if found[place].step != Step(first, step.kind, step.shape, step.parameters, step.shared):
            raise ValueError(f"{step.name} differs from {first}: one box cannot stand for both")
        found[place] = Box(found[place].step, side, found[place].repeats + 1)
    return found


def draw(steps: Sequence[Step], text: str, links: Mapping[str, str], what: Mapping[str, str]) -> Picture:
    """Draw the model: the encoder on the left, the decoder on the right, each from top to bottom in the order of the run.

    Thin arrows lead from part to part. A thick line leads what a sub-layer was given round it, to the sum after it.

    Args:
        steps: What ``trace`` returned.
        text: What the picture shows, in a sentence or two.
        links: For each kind of part, the address of the page that explains it.
        what: For each title of a part, or for its side and title, what it does, in at most 26 characters.

    Returns:
        The picture; every box shows what the part does, its parameters and the shape of its output.

    Example:
        >>> draw([Step("source_embedding", "TokenEmbedding", (2, 7, 6), 66, False)], "One box.", {}, {})
        [picture: One box.]
    """
    found = boxes(steps)
    parts: list[str] = []
    bottoms: list[float] = []
    tops: dict[str, float] = {}
    for side, x in COLUMNS.items():
        parts.append(text_at(x, 18, side, "caption", "start"))
        column = [box for box in found if box.side == side]
        own, bottom = _heights(column)
        tops |= own
        inner = [own[box.step.name] for box in column if ".layers." in box.step.name]
        if inner:
            parts += _frame(side, inner, next(box.repeats for box in column if ".layers." in box.step.name))
        for before, box in zip([None, *column], column, strict=False):
            y = own[box.step.name]
            if before:
                parts.append(arrow((x + WIDTH / 2, own[before.step.name] + HEIGHT), (x + WIDTH / 2, y)))
            if before and box.step.name == f"{before.step.name}_add_norm":
                parts.append(_residual(side, own[before.step.name], y))
            parts.append(_box(box, x, y, links, what.get(f"{side} {box.title}", what.get(box.title, ""))))
        bottoms.append(bottom)
    parts += _memory(found, tops)
    size = f'viewBox="0 0 390 {max(bottoms):g}" width="480"'
    head = f'<svg class="picture diagram" role="group" aria-label="{escape(text)}" {size} xmlns="http://www.w3.org/2000/svg">'
    return Picture(f"{head}{''.join(parts)}</svg>", text)


def _heights(column: Sequence[Box]) -> tuple[dict[str, float], float]:
    """Place the boxes of a column below each other, with room for the frame around its layers; tell where they end."""
    tops: dict[str, float] = {}
    y, inside = 28.0, False
    for box in column:
        if inside != (".layers." in box.step.name):
            inside = not inside
            y += 26 if inside else 9
        tops[box.step.name] = y
        y += HEIGHT + GAP
    return tops, y


def _frame(side: str, tops: Sequence[float], repeats: int) -> list[str]:
    left = 2 if side == "encoder" else COLUMNS[side] - 4
    top, height = min(tops) - 36, max(tops) - min(tops) + HEIGHT + 45
    words = f"each of {repeats} layers"
    label = (left + 6, "start") if side == "encoder" else (left + WIDTH + 20, "end")
    return [
        f'<rect class="frame" x="{left}" y="{top:g}" width="{WIDTH + 26}" height="{height:g}" rx="8"/>',
        text_at(label[0], top + 14, words, "label", label[1]),
    ]


def _residual(side: str, top: float, add: float) -> str:
    """Lead what a sub-layer is given round it, into the box that adds it."""
    x, lane = COLUMNS[side], RESIDUAL[side]
    edge = x if side == "encoder" else x + WIDTH
    fork, middle = top - 11, x + WIDTH / 2
    return f'<g class="residual">{arrow((middle, fork), (lane, fork), (lane, add + HEIGHT / 2), (edge, add + HEIGHT / 2))}</g>'


def _box(box: Box, x: int, y: float, links: Mapping[str, str], words: str) -> str:
    step, middle = box.step, x + WIDTH / 2
    count = f"{step.parameters:,}" if step.parameters or not step.shared else "shared"
    drawn = (
        f'<rect class="box kind-{step.kind}" x="{x}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="5"/>'
        + text_at(middle, y + 17, box.title, "title")
        + text_at(middle, y + 33, words, "label")
        + text_at(middle, y + 48, f"{count} → {step.shape}", "label")
    )
    return f'<a href="{escape(links[step.kind])}">{drawn}</a>' if step.kind in links else drawn


def _memory(found: Sequence[Box], tops: Mapping[str, float]) -> list[str]:
    """Lead the encoder's last output to where the decoder reads it."""
    last = [box.step.name for box in found if box.side == "encoder"][-1]
    readers = [box.step.name for box in found if box.step.name.endswith("cross_attention")]
    start, stop = COLUMNS["encoder"] + WIDTH, COLUMNS["decoder"]
    return [
        arrow(*((x, tops[name] + HEIGHT / 2) for x, name in ((start, last), (MEMORY, last), (MEMORY, reader), (stop, reader))))
        for reader in readers
    ]
