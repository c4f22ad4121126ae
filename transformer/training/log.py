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

    Raises:
        ValueError: A line that is not the last is damaged.
        OSError: The file could not be written.
    """

    def __init__(self, path: Path, step: int) -> None:
        kept = [line for line in read_log(path) if line["step"] <= step] if path.exists() else []
        write_whole(path, "".join(json.dumps(line) + "\n" for line in kept).encode())
        self.path = path

    def write(self, line: dict[str, Any]) -> None:
        """Append one line, with the ``step`` that it belongs to.

        Raises:
            OSError: The file could not be written; a part of the line may be in it, which ``read_log`` leaves out.
        """
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        except OSError as error:
            raise OSError(error.errno, f"{self.path} was not written ({error.strerror})") from error


def read_log(path: Path) -> list[dict[str, Any]]:
    """Read the lines of a log; a last line that a kill cut short is left out.

    Args:
        path: The file.

    Returns:
        The lines, oldest first.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A line that is not the last is damaged.
    """
    lines = []
    texts = path.read_bytes().splitlines()
    for number, text in enumerate(texts, start=1):
        try:
            line = json.loads(text)
        except (ValueError, RecursionError):
            line = None
        if isinstance(line, dict) and isinstance(line.get("step"), int):
            lines.append(line)
        elif number < len(texts):
            raise ValueError(f"{path}, line {number}: a JSON object with its step is expected, got {text!r}")
    return lines
