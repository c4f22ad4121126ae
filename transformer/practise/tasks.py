"""The files of the tasks in one folder, and which of them are right."""

import ast
import inspect
import json
from pathlib import Path

from transformer.teaching.exercises import WHOLE, Exercise
from transformer.training.files import write_whole

STUB = '''"""{signature}

{task}

Write the function and save. `python -m transformer practise` reports at every save.
"""

import math
from collections import Counter
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def {signature}:
    raise NotImplementedError
'''


class Tasks:
    """The tasks, in order, with their files and what is kept of them.

    Args:
        folder: Where the files are; made when the first is written.

    Example:
        >>> tasks = Tasks(Path("practice"))
        >>> tasks.first().name, tasks.path(tasks.first()).name
        ('attention', 'attention.py')
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.exercises = {exercise.name: exercise for exercise in WHOLE}

    def path(self, exercise: Exercise) -> Path:
        """Say where a task is written."""
        return self.folder / f"{exercise.name}.py"

    def write(self, exercise: Exercise) -> bool:
        """Write a task's file, unless there is one; say whether it was written."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with self.path(exercise).open("x", encoding="utf-8") as file:
                file.write(stub(exercise))
        except FileExistsError:
            return False
        return True

    def untouched(self, exercise: Exercise) -> bool:
        """Say whether a task's file is still as it was written."""
        return self.path(exercise).read_bytes() == stub(exercise).encode()

    def right(self) -> set[str]:
        """Name the tasks that were right once.

        Raises:
            ValueError: The file that keeps them is damaged.
        """
        try:
            kept = json.loads(self._kept.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return set()
        except ValueError as error:
            raise ValueError(f"{self._kept} is damaged: remove it, and begin to count anew") from error
        if not isinstance(kept, list):
            raise ValueError(f"{self._kept} is damaged: remove it, and begin to count anew")
        return set(kept) & self.exercises.keys()

    def mark(self, exercise: Exercise) -> None:
        """Keep that a task was right."""
        write_whole(self._kept, json.dumps(sorted(self.right() | {exercise.name})).encode())

    def first(self) -> Exercise | None:
        """Return the first task that was not right yet."""
        right = self.right()
        return next((exercise for name, exercise in self.exercises.items() if name not in right), None)

    @property
    def _kept(self) -> Path:
        return self.folder / "right.json"


def stub(exercise: Exercise) -> str:
    """Write the file that a reader begins with.

    Example:
        >>> print(stub(WHOLE[3]).splitlines()[-2])
        def layer_norm(x, weight, bias, eps):
    """
    return STUB.format(signature=exercise.signature, task=task(exercise))


def task(exercise: Exercise) -> str:
    """Tell what a task asks for, in the words of its solution's docstring.

    Example:
        >>> task(WHOLE[3])
        'Return LayerNorm over the last dimension of `x`.'
    """
    return (inspect.getdoc(exercise.solution) or "").replace("``", "`")


def solution(exercise: Exercise) -> str:
    """Show a right answer, as it can stand in a task's file.

    Example:
        >>> print(solution(WHOLE[3]).splitlines()[0])
        def layer_norm(x, weight, bias, eps):
    """
    source = inspect.getsource(exercise.solution)
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    begin = function.body[1].lineno - 1  # after the docstring, which is the task
    return "\n".join([f"def {exercise.signature}:", *source.splitlines()[begin:], ""])
