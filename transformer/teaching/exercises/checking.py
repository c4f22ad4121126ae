"""Check an answer: call it on every input, and show the smallest on which it is wrong."""

import inspect
import sysconfig
import traceback
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

import torch

from transformer.teaching.exercises.core import Answer, Exercise, Outcome, run
from transformer.teaching.exercises.differences import difference
from transformer.teaching.exercises.result import Result

# This package, all that is installed beside torch, and Python itself.
NOT_THE_READERS = (
    Path(__file__).resolve().parents[2],
    Path(torch.__file__).resolve().parents[1],
    Path(sysconfig.get_path("stdlib")),
)


def find(exercises: Mapping[str, Exercise], exercise: object) -> Exercise:
    """Return the exercise of this name, or the exercise itself.

    Args:
        exercises: All exercises by name.
        exercise: A name or an exercise.

    Raises:
        TypeError: It is neither.
        ValueError: There is no exercise of this name.
    """
    if isinstance(exercise, Exercise):
        return exercise
    if not isinstance(exercise, str):
        raise TypeError(
            f"exercise must be the name of an exercise, got {type(exercise).__name__}: check('split_heads', split_heads)"
        )
    if exercise not in exercises:
        near = get_close_matches(exercise, exercises, n=1)
        guess = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(exercises)}"
        raise ValueError(f"there is no exercise {exercise!r}: {guess}")
    return exercises[exercise]


def check_answer(exercise: Exercise, answer: object) -> Result:
    """Call an answer on every input of an exercise, each made anew for it, and compare with the solution."""
    if not callable(answer):
        raise TypeError(
            f"function must be the function {exercise.signature} itself, got {type(answer).__name__}: "
            f"check({exercise.name!r}, {exercise.name})"
        )
    takes = _other_parameters(exercise, answer)
    if takes:
        return Result(exercise.name, 0, problem=takes)
    expected = [run(exercise, exercise.solution, text) for text in exercise.inputs]
    got = [run(exercise, answer, text) for text in exercise.inputs]
    found = [difference(exercise, *pair) for pair in zip(expected, got, strict=True)]
    wrong = [place for place, unlike in enumerate(found) if unlike]
    if not wrong:
        return Result(exercise.name, len(found))
    first = wrong[0]
    unlike, error = found[first], got[first].error
    assert unlike
    return Result(
        exercise.name,
        len(found),
        len(wrong),
        call=f"{exercise.name}({exercise.inputs[first]})",
        problem=unlike.problem,
        got=unlike.got,
        expected=unlike.expected,
        line=_line(error) if error else "",
        hint=_hint(exercise, got, first),
        error=error,
    )


def _other_parameters(exercise: Exercise, answer: Answer) -> str:
    try:
        signature = inspect.signature(answer)
    except ValueError:
        return ""  # some functions of Python's own tell nothing
    try:
        signature.bind(*exercise.parameters)
    except TypeError as error:
        return f"it must be written {exercise.signature}, but takes {signature}: {error}"
    return ""


def _line(error: Exception) -> str:
    """Return the last line in the reader's own code."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not any(Path(frame.filename).is_relative_to(folder) for folder in NOT_THE_READERS)]
    return (own[-1].line or "") if own else ""


def _hint(exercise: Exercise, got: Sequence[Outcome], first: int) -> str:
    """Return the hint of the mistake that does what the answer does where it is first wrong, and most often elsewhere."""
    hint, most = "", 0
    for mistake in exercise.mistakes:
        if _alike(exercise, run(exercise, mistake.answer, exercise.inputs[first]), got[first]):
            theirs = [run(exercise, mistake.answer, text) for text in exercise.inputs]
            same = sum(_alike(exercise, *pair) for pair in zip(theirs, got, strict=True))
            hint, most = max((hint, most), (mistake.hint, same), key=lambda found: found[1])
    if not hint and all(outcome.output is None and not outcome.error for outcome in got):
        return "It returns None on every input: is there a return?"
    return hint


def _alike(exercise: Exercise, one: Outcome, other: Outcome) -> bool:
    if one.error or other.error:
        return repr(one.error) == repr(other.error)
    return difference(exercise, one, other) is None
