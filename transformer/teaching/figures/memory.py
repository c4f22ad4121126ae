"""Pictures of a matrix as it is indexed and as it lies in memory."""

from torch import Tensor

from transformer.teaching.figures.picture import CELL, TINTS, Picture, framed, text_at, written


def memory(tensor: Tensor, text: str, *, caption: str = "") -> Picture:
    """Draw a matrix twice: as it is indexed, and as it lies in memory. Each row of the matrix has one tint in both.

    Args:
        tensor: (rows, columns), of small whole numbers, covering its storage once.
        text: What the picture shows, in a sentence or two.
        caption: A line above the grid.

    Returns:
        The picture.

    Raises:
        ValueError: ``tensor`` is not two-dimensional.

    Example:
        >>> from torch import arange
        >>> memory(arange(6).view(2, 3).t(), "Columns became rows; memory did not move.")
        [picture: Columns became rows; memory did not move.]
    """
    if tensor.dim() != 2:
        raise ValueError(f"tensor must have shape (rows, columns), got {tuple(tensor.shape)}")
    height, width = tensor.shape
    top, strip = 12 + 24 * bool(caption), CELL * height + 36 + 24 * bool(caption)
    parts = [text_at(4, 20, caption, "caption", "start")] if caption else []
    parts.append(text_at(4, strip - 6, f"in memory, stride {tuple(tensor.stride())}", "label", "start"))
    for i in range(height):
        for j in range(width):
            place = i * tensor.stride(0) + j * tensor.stride(1)
            for x, y in ((4 + j * CELL, top + i * CELL), (4 + place * CELL, strip)):
                parts.append(f'<rect class="cell tint-{i % TINTS}" x="{x}" y="{y}" width="{CELL}" height="{CELL}"/>')
                parts.append(text_at(x + CELL / 2, y + CELL / 2 + 4, written(tensor[i, j].item(), 0), "value"))
    return framed(parts, 12 + max(width, height * width) * CELL, strip + CELL + 8, text)
