"""Pictures of attention token by token: the query, key and value that each token makes, its weights, and its output."""

from collections.abc import Sequence

from torch import Tensor

from transformer.teaching.figures.arrows import arrow
from transformer.teaching.figures.picture import Picture, framed, text_at

WIDTH, HEIGHT, GAP = 33, 26, 19  # of a cell, and left of each token's lane, in SVG units: three lanes fit a phone
NAMES = ("query", "key", "value")


def query_key_value(
    words: Sequence[str], x: Tensor, made: tuple[Tensor, Tensor, Tensor], weights: Tensor, text: str, *, caption: str = ""
) -> Picture:
    """Draw a lane for each token: its vector, the query, key and value made from it, its weights, and its output.

    The output is computed from the weights and the values that are drawn.

    Args:
        words: The tokens.
        x: Their vectors, (tokens, d_model).
        made: The query, key and value of each, (tokens, d_k) or (tokens, d_v).
        weights: How much each query attends to each key, (tokens, tokens).
        text: What the picture shows, in a sentence or two.
        caption: A line above all.

    Returns:
        The picture.

    Raises:
        ValueError: A tensor does not have one row for each word, or ``weights`` is not square.

    Example:
        >>> from torch import eye
        >>> query_key_value(["a", "b"], eye(2), (eye(2), eye(2), eye(2)), eye(2), "Each token attends to itself.")
        [picture: Each token attends to itself.]
    """
    for name, rows in {"x": x, **dict(zip(NAMES, made, strict=True))}.items():
        if rows.dim() != 2 or len(rows) != len(words):
            raise ValueError(f"{name} must have one row for each of the {len(words)} words, got shape {tuple(rows.shape)}")
    if weights.shape != (len(words), len(words)):
        raise ValueError(f"weights must have shape {(len(words), len(words))}, got {tuple(weights.shape)}")
    output = weights @ made[2]
    lane = GAP + WIDTH * max(rows.shape[1] for rows in (x, *made, weights))
    top = 20 + 24 * bool(caption)
    low = top + 62 + 52 * len(NAMES) + 24  # of the weights
    parts = [text_at(4, 20, caption, "caption", "start")] if caption else []
    parts.append(text_at(4, low - 24, "weights: its query meets each key", "label", "start"))
    parts.append(text_at(4, low + HEIGHT + 24, "output: the values, averaged with these weights", "label", "start"))
    for i, word in enumerate(words):
        left = i * lane + GAP
        parts.append(text_at(left, top, word, "caption", "start"))
        parts += _row(left, top + 8, x[i], "box")
        for j, (name, rows) in enumerate(zip(NAMES, made, strict=True)):
            y = top + 62 + 52 * j
            parts.append(text_at(left, y - 6, name, "label", "start"))
            parts += _row(left, y, rows[i], f"cell tint-{j}")
            parts.append(arrow((left, top + 21), (left - 13, top + 21), (left - 13, y + 13), (left - 1, y + 13)))
        parts += [text_at(left + (j + 0.5) * WIDTH, low - 5, other, "label") for j, other in enumerate(words)]
        parts += _row(left, low, weights[i], "cell tint-5", digits=2)
        parts += _row(left, low + HEIGHT + 32, output[i], "cell tint-2")
    return framed(parts, len(words) * lane + 4, low + 2 * HEIGHT + 40, text)


def _row(x: float, y: float, numbers: Tensor, look: str, *, digits: int = 1) -> list[str]:
    drawn = []
    for number in numbers.tolist():
        drawn.append(f'<rect class="{look}" x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}"/>')
        drawn.append(text_at(x + WIDTH / 2, y + HEIGHT / 2 + 4, f"{round(number, digits) + 0.0:.{digits}f}", "value"))
        x += WIDTH
    return drawn
