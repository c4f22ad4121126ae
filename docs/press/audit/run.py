"""Run a page's cells in this process: no kernel, no Sphinx, the same verdicts."""

import os
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from io import StringIO

from press.cells import Block


def fallen(cells: Sequence[Block], page: str, *, seed: int = 0, device: str = "cpu") -> Iterator[tuple[Block, Exception]]:
    """Run the cells in order; yield each that raised or wrote to stderr, with the error. Those below it run too.

    Args:
        cells: The cells of a page.
        page: What an error calls them.
        seed: The state of torch's random numbers before the first cell, if it is not 0.
        device: Where tensors are made that name no device.

    Yields:
        A cell, and its error.
    """
    import torch

    os.environ.setdefault("CI", "true")  # Hypothesis then draws the same cases each time, as in a build
    torch.set_num_threads(1)
    if device != "cpu":
        torch.set_default_device(device)
        torch.Generator = partial(torch.Generator, device=device)  # type: ignore[misc, assignment] # else it would be the CPU's
    if seed:
        torch.manual_seed(seed)  # for what draws before the page sets a seed
    namespace: dict[str, object] = {"__name__": "__main__"}
    for cell in cells:
        stderr = StringIO()
        try:
            with redirect_stdout(StringIO()), redirect_stderr(stderr):
                exec(compile(cell.content, f"<{page}>", "exec"), namespace)  # noqa: S102 - the book's own cells
            if stderr.getvalue():
                raise RuntimeError(f"wrote to stderr: {stderr.getvalue().strip()}")
        except Exception as error:
            yield cell, error


def in_words(error: Exception, source: str) -> str:
    """Return an error as one reads it in a log; one without words is told by the line that it arose at."""
    kind = type(error).__name__
    said = f"{kind}: {error}".strip() if str(error) else f"{kind} at {_failing_line(error, source)!r}"
    return "\n".join([said, *getattr(error, "__notes__", ())])  # Hypothesis notes the smallest case that failed


def _failing_line(error: BaseException, source: str) -> str:
    trace = error.__traceback__
    while trace is not None and not trace.tb_frame.f_code.co_filename.startswith("<"):
        trace = trace.tb_next
    return source.splitlines()[trace.tb_lineno - 1].strip() if trace else ""
