"""What a check says, as text and as HTML."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

WIDTH = 66  # of the text, so that a phone can show it
INDENT = 10


@dataclass(frozen=True)
class Result:
    """What a check found: true if the answer is right.

    Args:
        exercise: The exercise's name.
        inputs: How many inputs the answer was called on.
        failed: On how many of them it is wrong.
        call: The smallest of these, as a call that can be pasted.
        problem: What is wrong there; empty if the answer is right.
        got: What came out, where it can be shown.
        expected: What should have come out.
        line: The line of the answer in which an error arose.
        hint: Why, if the answer is a typical mistake.
        error: What the answer raised there, to be looked at or raised again.
    """

    exercise: str
    inputs: int
    failed: int = 0
    call: str = ""
    problem: str = ""
    got: str = ""
    expected: str = ""
    line: str = ""
    hint: str = ""
    error: Exception | None = None

    def __bool__(self) -> bool:
        return not self.problem

    @property
    def verdict(self) -> str:
        """The result in one sentence."""
        if self:
            return f"{self.exercise} is right on all {self.inputs} inputs."
        if not self.inputs:
            return f"{self.exercise} is not right yet."
        if self.failed == 1:
            return f"{self.exercise} is not right yet: 1 of {self.inputs} inputs fails."
        return f"{self.exercise} is not right yet: {self.failed} of {self.inputs} inputs fail. This is the smallest."

    def rows(self) -> Iterator[tuple[str, str]]:
        """Name what there is to tell of a wrong answer, in order."""
        rows = {
            "input": self.call,
            "problem": self.problem,
            "line": self.line,
            "got": self.got,
            "expected": self.expected,
            "hint": self.hint,
        }
        yield from ((name, text) for name, text in rows.items() if text)

    def __repr__(self) -> str:
        rows = [_fill(f"{name:{INDENT}}{text}") for name, text in self.rows()]
        return "\n".join([textwrap.fill(self.verdict, WIDTH), *rows])

    def _repr_html_(self) -> str:
        mark, kind = ("✓", "right") if self else ("✗", "wrong")
        head = f'<p class="checked-verdict"><span aria-hidden="true">{mark}</span> {escape(self.verdict)}</p>'
        rows = "".join(f"<dt>{name}</dt><dd>{_marked(name, text)}</dd>" for name, text in self.rows())
        return f'<div class="checked {kind}">{head}{f"<dl>{rows}</dl>" if rows else ""}</div>'


def _fill(text: str) -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=" " * INDENT, break_on_hyphens=False)


def _marked(name: str, text: str) -> str:
    return escape(text) if name in ("problem", "hint") else f"<code>{escape(text)}</code>"
