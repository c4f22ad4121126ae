"""The picture of the whole model, drawn from a trace of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from transformer.teaching.figures.picture import Picture
from transformer.teaching.trace import Step

WIDTH, HEIGHT, GAP = 176, 42, 10  # of a box, in SVG units; two columns of this width fit a phone
COLUMNS = {"encoder": 8, "decoder": 206}  # left edge of each column


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


def draw(steps: Sequence[Step], text: str, links: Mapping[str, str]) -> Picture:
    """Draw the model: the encoder on the left, the decoder on the right, each from top to bottom in the order of the run.

    Args:
        steps: What ``trace`` returned.
        text: What the picture shows, in a sentence or two.
        links: For each kind of part, the address of the page that explains it.

    Returns:
        The picture; every box shows the part's parameters and the shape of its output.

    Example:
        >>> draw([Step("source_embedding", "TokenEmbedding", (2, 7, 6), 66, False)], "One box.", {})
        [picture: One box.]
    """
    found = boxes(steps)
    parts: list[str] = []
    bottoms: list[int] = []
    middles: dict[str, float] = {}
    for side, x in COLUMNS.items():
        y = 28
        parts.append(f'<text class="caption" x="{x}" y="18">{side}</text>')
        column = [box for box in found if box.side == side]
        layers = [i for i, box in enumerate(column) if ".layers." in box.step.name]
        for i, box in enumerate(column):
            if layers and i == layers[0]:
                frame = len(layers) * (HEIGHT + GAP) + 18
                parts.append(f'<rect class="frame" x="{x - 5}" y="{y}" width="{WIDTH + 10}" height="{frame}" rx="8"/>')
                parts.append(f'<text class="label" x="{x + 2}" y="{y + 14}">each of {box.repeats} layers</text>')
                y += 20
            parts.append(_box(box, x, y, links))
            middles[box.step.name] = y + HEIGHT / 2
            y += HEIGHT + GAP + 8 * bool(layers and i == layers[-1])
        bottoms.append(y)
    parts.extend(_memory(found, middles))
    size = f'viewBox="0 0 390 {max(bottoms)}" width="585"'
    head = f'<svg class="picture diagram" role="group" aria-label="{escape(text)}" {size} xmlns="http://www.w3.org/2000/svg">'
    return Picture(f"{head}{''.join(parts)}</svg>", text)


def _box(box: Box, x: int, y: int, links: Mapping[str, str]) -> str:
    step = box.step
    count = f"{step.parameters:,}" if step.parameters or not step.shared else "shared"
    drawn = (
        f'<rect class="box kind-{step.kind}" x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="5"/>'
        f'<text class="title" x="{x + WIDTH / 2:g}" y="{y + 18}" text-anchor="middle">{escape(box.title)}</text>'
        f'<text class="label" x="{x + WIDTH / 2:g}" y="{y + 34}" text-anchor="middle">{count} → {step.shape}</text>'
    )
    return f'<a href="{escape(links[step.kind])}">{drawn}</a>' if step.kind in links else drawn


def _memory(found: Sequence[Box], middles: Mapping[str, float]) -> list[str]:
    """Lead the encoder's last output to where the decoder reads it."""
    last = [box.step.name for box in found if box.side == "encoder"][-1]
    readers = [box.step.name for box in found if box.step.name.endswith("cross_attention")]
    start, middle, stop = COLUMNS["encoder"] + WIDTH, COLUMNS["decoder"] - 11, COLUMNS["decoder"]
    return [
        f'<path class="arrow" d="M{start} {middles[last]:g} H{middle} V{middles[reader]:g} H{stop - 3}"/>'
        f'<path class="arrow-head" d="M{stop - 7} {middles[reader] - 4:g} l7 4 l-7 4 z"/>'
        for reader in readers
    ]
