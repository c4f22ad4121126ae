"""Pictures of numbers against numbers: losses over steps, gradients over depth."""

import math
from collections.abc import Mapping, Sequence

from transformer.teaching.figures.picture import Picture, framed, text_at

# Of each series, in turn: a colour of the theme, which changes with light and dark, and a dash, for those who see no colours.
STROKES = (("primary", ""), ("warning", "7 3"), ("success", "2 3"), ("secondary", "9 3 2 3"))
LEFT, RIGHT, WIDTH, HEIGHT = 52, 16, 300, 160  # of the plane that the lines are drawn in; the margins beside it


def line_chart(
    series: Mapping[str, Sequence[tuple[float, float]]],
    text: str,
    *,
    x_label: str = "",
    y_label: str = "",
    caption: str = "",
    log_x: bool = False,
    log_y: bool = False,
) -> Picture:
    """Draw named lines through points, with a scale on both sides and a legend above.

    Up to a dozen points are marked with a dot. A point that is not finite, or that has no logarithm, leaves a gap.

    Args:
        series: For each name the points (x, y) of its line, from left to right; at most four names.
        text: What the picture shows, in a sentence or two.
        x_label: What x is, below the plane.
        y_label: What y is, above the plane.
        caption: A line above all.
        log_x: Let equal factors be equal steps to the right.
        log_y: Let equal factors be equal steps upwards.

    Returns:
        The picture.

    Raises:
        ValueError: There is no series, there are more than four, or there is no point to draw.

    Example:
        >>> line_chart({"loss": [(0, 4.0), (10, 1.0), (20, 0.5)]}, "The loss falls.", x_label="step")
        [picture: The loss falls.]
    """
    if not 1 <= len(series) <= len(STROKES):
        raise ValueError(f"series must have between 1 and {len(STROKES)} names, got {len(series)}")
    runs = {name: _runs(points, log_x, log_y) for name, points in series.items()}
    drawn = [point for parts in runs.values() for run in parts for point in run]
    if not drawn:
        raise ValueError("series must have a point that can be drawn, got none")
    x_ticks, y_ticks = (_ticks([point[axis] for point in drawn], log) for axis, log in ((0, log_x), (1, log_y)))
    top = 12 + 24 * bool(caption) + 20 * len(series) + 20 * bool(y_label) + 4
    parts = [text_at(4, 20, caption, "caption", "start")] if caption else []
    for i, name in enumerate(series):
        line = 24 + 24 * bool(caption) + 20 * i
        parts += [_line([(LEFT, line - 4), (LEFT + 36, line - 4)], i), text_at(LEFT + 44, line, name, "value", "start")]
    parts += [text_at(4, top - 12, y_label, "label", "start")] if y_label else []
    for value in y_ticks:
        y = top + HEIGHT * (1 - _share(value, y_ticks, log_y))
        parts += [_rule(LEFT, y, LEFT + WIDTH, y), text_at(LEFT - 6, y + 4, _short(value), "label", "end")]
    for value in x_ticks:
        x = LEFT + WIDTH * _share(value, x_ticks, log_x)
        parts += [_rule(x, top + HEIGHT, x, top + HEIGHT + 5), text_at(x, top + HEIGHT + 19, _short(value), "label")]
    parts += [text_at(LEFT + WIDTH / 2, top + HEIGHT + 38, x_label, "label")] if x_label else []
    for i, lines in enumerate(runs.values()):
        for run in lines:
            places = [(LEFT + WIDTH * _share(x, x_ticks, log_x), top + HEIGHT * (1 - _share(y, y_ticks, log_y))) for x, y in run]
            parts.append(_line(places, i, dots=sum(map(len, lines)) <= 12))
    return framed(parts, LEFT + WIDTH + RIGHT, top + HEIGHT + 26 + 20 * bool(x_label), text)


def _runs(points: Sequence[tuple[float, float]], log_x: bool, log_y: bool) -> list[list[tuple[float, float]]]:
    """Cut a line where a point cannot be drawn."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in points:
        if math.isfinite(x) and math.isfinite(y) and (x > 0 or not log_x) and (y > 0 or not log_y):
            runs[-1].append((x, y))
        else:
            runs.append([])
    return [run for run in runs if run]


def _ticks(values: Sequence[float], log: bool) -> list[float]:
    """Choose round numbers, of which the first and the last enclose all values."""
    low, high = min(values), max(values)
    if log:
        first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
        last = max(last, first + 1)
        powers = math.ceil((last - first) / 6)
        return [10.0**power for power in reversed(range(last, first - powers, -powers))]
    size = (high - low or abs(high) or 1.0) / 4
    unit = 10.0 ** math.floor(math.log10(size))
    step = unit * next(factor for factor in (1, 2, 5, 10) if factor * unit >= size)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [float(f"{step * i:.12g}") for i in range(first, max(last, first + 1) + 1)]


def _share(value: float, ticks: Sequence[float], log: bool) -> float:
    """Say how far a value is from the first tick to the last."""
    first, last = ticks[0], ticks[-1]
    return math.log(value / first) / math.log(last / first) if log else (value - first) / (last - first)


def _short(value: float) -> str:
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return f"{value:,.10g}"
    mantissa, power = f"{value:.3e}".split("e")
    front = "10" if float(mantissa) == 1 else f"{float(mantissa):g}·10"
    return front + str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _line(places: Sequence[tuple[float, float]], index: int, *, dots: bool = False) -> str:
    colour, dash = STROKES[index]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    style = f'style="color: var(--pst-color-{colour})"'
    circles = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="currentColor"/>' for x, y in places) if dots else ""
    line = f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="2"{dashed}/>'
    return f'<g class="line" {style}>{line}{circles}</g>'


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    place = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line class="rule" {place} stroke="currentColor" stroke-opacity="0.25"/>'
