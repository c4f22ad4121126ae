"""Pictures of a cache that grows: the keys and values that are there after each step, and which of them are new."""

from collections.abc import Sequence

from torch import Tensor

from transformer.teaching.figures.picture import Picture, framed, text_at

WIDTH, HEIGHT, GAP = 30, 20, 16  # of a cell, and between two steps or two blocks, in SVG units
LOOKS = {"kept": "tint-0", "new in this step": "tint-1", "kept, and changed": "tint-3"}


def growing_cache(steps: Sequence[tuple[Tensor, Tensor]], words: Sequence[str], text: str, *, caption: str = "") -> Picture:
    """Draw the keys and values after each step: a column a token, which is new, or as it was one step earlier, or has changed.

    Args:
        steps: For each step the keys and the values of all tokens that were read, (tokens, numbers); one token more a step.
        words: The tokens, in the order in which they are read.
        text: What the picture shows, in a sentence or two.
        caption: A line above all.

    Returns:
        The picture.

    Raises:
        ValueError: There is not one step for each word, or the keys or values of a step are not one for each word that was read.

    Example:
        >>> from torch import ones
        >>> growing_cache([(ones(1, 2), ones(1, 2)), (ones(2, 2), ones(2, 2))], ["a", "b"], "Two steps.")
        [picture: Two steps.]
    """
    if len(steps) != len(words) or not words:
        raise ValueError(f"steps must be one for each word, got {len(steps)} steps and {len(words)} words")
    for i, pair in enumerate(steps):
        for name, rows in zip(("keys", "values"), pair, strict=True):
            if rows.dim() != 2 or len(rows) != i + 1:
                raise ValueError(f"{name} of step {i + 1} must have shape ({i + 1}, numbers), got {tuple(rows.shape)}")
    top = 24 * bool(caption)
    left = 12 + 7 * max(len(f"reads {word}") for word in words)
    block = len(words) * WIDTH + GAP
    parts = [text_at(4, 20, caption, "caption", "start")] if caption else []
    seen: set[str] = set()
    y = top + 44
    for i, (word, pair) in enumerate(zip(words, steps, strict=True)):
        parts.append(text_at(4, y + 14, f"step {i + 1}", "value", "start"))
        parts.append(text_at(4, y + 32, f"reads {word}", "label", "start"))
        for j, rows in enumerate(pair):
            for k, numbers in enumerate(rows):
                older = steps[i - 1][j][k] if k < i else None
                state = "new in this step" if older is None else "kept" if numbers.equal(older) else "kept, and changed"
                seen.add(state)
                parts += _column(left + j * block + k * WIDTH, y, numbers, LOOKS[state])
        y += max(36, HEIGHT * max(rows.shape[1] for rows in pair)) + GAP
    for j, name in enumerate(("keys", "values")):
        parts.append(text_at(left + j * block, top + 18, name, "caption", "start"))
        parts += [text_at(left + j * block + (k + 0.5) * WIDTH, top + 36, word, "label") for k, word in enumerate(words)]
    for state in [state for state in LOOKS if state in seen]:
        parts.append(f'<rect class="cell {LOOKS[state]}" x="4" y="{y}" width="14" height="14"/>')
        parts.append(text_at(26, y + 12, state, "label", "start"))
        y += 20
    return framed(parts, left + 2 * block - GAP + 4, y + 4, text)


def _column(x: int, y: int, numbers: Tensor, tint: str) -> list[str]:
    drawn = []
    for number in numbers.tolist():
        drawn.append(f'<rect class="cell {tint}" x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}"/>')
        drawn.append(text_at(x + WIDTH / 2, y + 15, f"{round(number, 1) + 0.0:.1f}", "value"))
        y += HEIGHT
    return drawn
