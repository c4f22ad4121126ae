"""How an answer differs from the solution, in words."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from transformer.teaching.exercises.core import Exercise, Outcome

TOLERANCE = {torch.float64: 1e-8, torch.float32: 1e-4, torch.float16: 1e-2}
SHOWN = 24  # a tensor with more numbers is told by its shape


@dataclass(frozen=True)
class Difference:
    """What is wrong with one outcome.

    Args:
        problem: What is wrong, in a sentence.
        got: What came out, where it can be shown.
        expected: What should have come out.
    """

    problem: str
    got: str = ""
    expected: str = ""

    def of(self, where: str) -> "Difference":
        """Say where it is."""
        return replace(self, problem=where + self.problem)


def difference(exercise: Exercise, expected: Outcome, got: Outcome) -> Difference | None:
    """Compare an answer's outcome with the solution's; None if nothing differs."""
    if expected.error:
        return _not_refused(exercise, got)
    if got.error is None and not isinstance(got.output, exercise.returns):
        return _other_kind(expected.output, got.output).of("it returns ")
    for (name, wanted), (_, found) in zip(expected.facts, got.facts, strict=False):
        unlike = compare(wanted, found)
        if unlike:
            return unlike.of(f"{name}: ") if name else unlike.of("it returns ")
    if got.error:
        return Difference(f"it raises {raised(got.error)}")
    for (name, before, wanted), (_, _, found) in zip(expected.left, got.left, strict=True):
        unlike = compare(wanted, found)
        if unlike:
            kept = compare(before, wanted) is None
            return unlike.of(
                f"it must not change its argument {name}: " if kept else f"after the call, {name} is not as it should be: "
            )
    return None


def raised(error: Exception) -> str:
    """Write an error as Python does."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _not_refused(exercise: Exercise, got: Outcome) -> Difference | None:
    wanted = "an error" if exercise.refuses is Exception else f"a {exercise.refuses.__name__}"
    if got.error is None:
        return Difference(f"it returns, but must raise {wanted}", written(got.output), wanted)
    if not isinstance(got.error, exercise.refuses):
        return Difference(f"it must raise {wanted}, but raises {raised(got.error)}")
    return None


def compare(expected: object, got: object) -> Difference | None:
    """Compare two values; None if they are equal, up to rounding."""
    if isinstance(expected, nn.Module) and isinstance(got, nn.Module):
        return None  # what is expected of a module stands in the facts
    if _kind(expected) != _kind(got):
        return _other_kind(expected, got)
    if isinstance(expected, Tensor) and isinstance(got, Tensor):
        return _compare_tensors(expected.detach(), got.detach())
    if expected != got:
        return Difference(f"{written(got)}, expected {written(expected)}")
    return None


def _other_kind(expected: object, got: object) -> Difference:
    if expected is None:
        return Difference(f"{written(got)}, expected None")
    wanted = f"expected {_kind(expected)}"
    if got is None:
        return Difference(f"None, {wanted}")
    if isinstance(got, Tensor) and isinstance(expected, (bool, int)):
        return Difference(f"a tensor, {wanted}: {type(expected).__name__}(...) makes one of it", written(got))
    return Difference(f"{_kind(got)}, {wanted}", written(got))


def _kind(value: object) -> str:
    if value is None:
        return "None"
    if isinstance(value, (Tensor, tuple, nn.Module)):
        return next(name for kind, name in KINDS.items() if isinstance(value, kind))
    kind = type(value)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


KINDS = {Tensor: "a tensor", tuple: "a tuple", nn.Module: "a module"}  # of these, a subclass is as good


def _compare_tensors(expected: Tensor, got: Tensor) -> Difference | None:
    shape, wanted = tuple(got.shape), tuple(expected.shape)
    if shape != wanted:
        return Difference(f"a tensor of shape {shape}, expected {wanted}", written(got), written(expected))
    if got.dtype != expected.dtype:
        return Difference(f"a tensor of dtype {got.dtype}, expected {expected.dtype}", written(got), written(expected))
    if got.device != expected.device:
        return Difference(f"a tensor on device {got.device}, expected {expected.device}")
    tolerance = TOLERANCE.get(expected.dtype, 0.0)
    unlike = ~torch.isclose(got, expected, rtol=tolerance, atol=tolerance, equal_nan=True)
    if not unlike.any():
        return None
    first = unlike.nonzero()[0].tolist()
    place = f" at {first}" if first else ""
    here = f"{_number(got[tuple(first)].item())} instead of {_number(expected[tuple(first)].item())}"
    wrong = f"{int(unlike.sum())} wrong number{'s' if unlike.sum() > 1 else ''} of {unlike.numel()}"
    return Difference(f"{wrong}, the first{place}: {here}", written(got), written(expected))


def written(value: object) -> str:
    """Write a value so that it can be read beside another: a small tensor with its numbers, a large one with its shape."""
    if isinstance(value, Tensor):
        if value.numel() > SHOWN or value.is_meta:
            return f"a tensor of shape {tuple(value.shape)}"
        return _nested(value.detach().tolist())
    if isinstance(value, nn.Module):
        return f"a module, {type(value).__name__}"
    return value if isinstance(value, str) else repr(value)


def _nested(values: object) -> str:
    if isinstance(values, list):
        return f"[{', '.join(map(_nested, values))}]"
    return _number(values)


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
