"""Arrows, for pictures that show what flows."""

import math


def arrow(*points: tuple[float, float]) -> str:
    """Draw a line through points, with a head at its end.

    Args:
        points: Places (x, y) in SVG units, at least two; the last two differ.

    Returns:
        The SVG of line and head.

    Raises:
        ValueError: There are fewer than two points, or the last two are the same.

    Example:
        >>> arrow((0, 0), (0, 20))
        '<path class="arrow" d="M0 0 L0 13"/><path class="arrow-head" d="M0 20 L-4 13 L4 13 z"/>'
    """
    if len(points) < 2 or points[-1] == points[-2]:
        raise ValueError(f"points must be two or more, and the last two must differ, got {points}")
    (x, y), (end_x, end_y) = points[-2:]
    length = math.hypot(end_x - x, end_y - y)
    across, down = (end_x - x) / length, (end_y - y) / length
    base = end_x - 7 * across, end_y - 7 * down  # the line ends where the head begins
    corners = (base[0] - 4 * down, base[1] + 4 * across), (base[0] + 4 * down, base[1] - 4 * across)
    head = " L".join(_place(*corner) for corner in ((end_x, end_y), *corners))
    line = " L".join(_place(*point) for point in (*points[:-1], base))
    return f'<path class="arrow" d="M{line}"/><path class="arrow-head" d="M{head} z"/>'


def _place(x: float, y: float) -> str:
    return f"{round(x, 1) + 0.0:g} {round(y, 1) + 0.0:g}"
