"""The script of a page: its cells in order, its prose in comments between them."""

from collections.abc import Iterator, Sequence


def write(cells: Sequence[str], prose: Sequence[str]) -> str:
    """Write a script, in the form that editors know: ``# %%`` begins a cell.

    Args:
        cells: The code of the cells.
        prose: What stands before, between and after them.

    Returns:
        The file.

    Raises:
        SyntaxError: The cells are not Python, one after the other.
    """
    parts = [f"# coding: utf-8\n{_comment(prose[0])}"]  # or Python takes a title such as "Decoding: one" for the name of a coding
    for code, words in zip(cells, prose[1:], strict=True):
        parts += [f"# %%\n{code.strip()}", _comment(words)]
    text = "\n\n".join(part for part in parts if part) + "\n"
    compile(text.encode(), "<script>", "exec")
    return text


def _comment(words: str) -> str:
    return "\n".join(_lines(words)) if words else ""


def _lines(words: str) -> Iterator[str]:
    yield "# %% [markdown]"
    for line in words.splitlines():
        yield f"# {line}".rstrip()
