"""The log of a run: one line of JSON for each moment, to be plotted with whatever one likes."""

import json
from pathlib import Path
from typing import Any

from transformer.training.files import write_whole


class Log:
    """Append lines to a file, after those of an earlier part of the same run.

    Args:
        path: The file. Lines of steps after ``step`` are removed: the run was stopped there, and will write them again.
        step: The step from which the run goes on.
    """

    def __init__(self, path: Path, step: int) -> None:
        kept = [line for line in read_log(path) if line["step"] <= step] if path.exists() else []
        write_whole(path, "".join(json.dumps(line) + "\n" for line in kept).encode())
        self.path = path

    def write(self, line: dict[str, Any]) -> None:
        """Append one line, with the ``step`` that it belongs to."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def read_log(path: Path) -> list[dict[str, Any]]:
    """Read the lines of a log; a last line that a kill cut short is left out.

    Args:
        path: The file.

    Returns:
        The lines, oldest first.

    Raises:
        FileNotFoundError: There is no such file.
    """
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            lines.append(json.loads(text))
        except json.JSONDecodeError:
            break
    return lines
