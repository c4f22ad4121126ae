"""What an exercise is: a solution, inputs from small to large, and the mistakes that people make, each with a hint."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

Answer = Callable[..., object]
Fact = tuple[str, object]
Facts = Callable[[object, Sequence[object]], Iterable[Fact]]


def the_output(output: object, _arguments: Sequence[object]) -> Iterable[Fact]:
    """Compare what was returned, and nothing else."""
    return [("", output)]


@dataclass(frozen=True)
class Mistake:
    """A typical wrong answer.

    Args:
        answer: The wrong function.
        hint: Why it is wrong, in a sentence or two.
    """

    answer: Answer
    hint: str


@dataclass(frozen=True)
class Exercise:
    """A function to write, with what is needed to check it.

    Args:
        solution: A right answer; its name and its parameters are the exercise's.
        inputs: The arguments of each call, written in Python, from the smallest to the largest. They are shown as they stand.
        mistakes: The typical wrong answers.
        returns: What the answer must return for ``facts`` to be looked at.
        refuses: The error that an answer must raise where the solution raises one.
        facts: What is compared about an answer's output, each with a name; the output itself if not given.
        names: What the inputs name beside ``torch`` and ``nn``.

    Example:
        >>> from transformer.teaching.exercises import EXERCISES
        >>> EXERCISES["split_heads"].signature
        'split_heads(x, num_heads)'
    """

    solution: Answer
    inputs: tuple[str, ...]
    mistakes: tuple[Mistake, ...]
    returns: type = object
    refuses: type[Exception] = ValueError
    facts: Facts = the_output
    names: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        """The function's name."""
        return str(getattr(self.solution, "__name__", ""))

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the function's parameters."""
        return tuple(inspect.signature(self.solution).parameters)

    @property
    def signature(self) -> str:
        """The function's name and parameters, as one writes a call."""
        return f"{self.name}({', '.join(self.parameters)})"


@dataclass
class Outcome:
    """What came of one call: the facts about its output, the error that ended it, and its tensors as they were afterwards.

    Args:
        output: What was returned.
        facts: What is compared, in order.
        error: What was raised, by the call or while its output was looked at.
        left: For each argument that is a tensor, its name, what it was and what became of it.
    """

    output: object = None
    facts: list[Fact] = field(default_factory=list)
    error: Exception | None = None
    left: list[tuple[str, Tensor, Tensor]] = field(default_factory=list)


def arguments_of(exercise: Exercise, text: str) -> tuple[object, ...]:
    """Make the arguments that an exercise's input describes, new at every call."""
    made = eval(f"({text},)", {"torch": torch, "nn": nn, **exercise.names})  # noqa: S307 - the package's own text: what is shown is what ran
    assert isinstance(made, tuple)
    return made


def run(exercise: Exercise, answer: Answer, text: str) -> Outcome:
    """Call an answer on one input, always with the same random numbers, which leave the caller's as they were."""
    outcome = Outcome()
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.default_generator.manual_seed(0)
        arguments = arguments_of(exercise, text)
        try:
            outcome.output = answer(*arguments)
            if isinstance(outcome.output, exercise.returns):
                for fact in exercise.facts(outcome.output, arguments):  # one by one: those before an error count
                    outcome.facts.append(fact)
        except Exception as error:
            outcome.error = error
        for name, before, after in zip(exercise.parameters, arguments_of(exercise, text), arguments, strict=True):
            if isinstance(before, Tensor) and isinstance(after, Tensor):
                outcome.left.append((name, before, after))
    return outcome
