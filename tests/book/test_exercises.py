"""Each notes page ends in its exercises: a task, a first try that the checker helps with, and a solution that it accepts.

So do the page of whole tasks and the chapters that have exercises.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from press.cells import cells_of_page
from transformer.teaching import exercises
from transformer.teaching.exercises import CHAPTERS, EXERCISES, PAGES, WHOLE, Result, check

DOCS = Path(__file__).parents[2] / "docs"
NOTES = DOCS / "notes"
TASKS = {**PAGES, **CHAPTERS, "write-it-yourself": WHOLE}
each_page = pytest.mark.parametrize("page", [*sorted(path.stem for path in NOTES.glob("*.md")), *CHAPTERS, "write-it-yourself"])


@dataclass(frozen=True)
class Part:
    """One exercise as its page tells it."""

    name: str
    task: str
    tried: str
    solution: str


def section_of(page: str) -> str:
    text = (DOCS / ("notes" if page in PAGES else "") / f"{page}.md").read_text(encoding="utf-8")
    label = page.replace("/", "-")
    _, *after = re.split(rf"\n\({label}-exercises\)=\n## .*\n", text)
    assert len(after) == 1, f"{page} has no exercises"
    (section,) = after
    assert not re.search(r"^## ", section, flags=re.MULTILINE), f"{page} goes on after its exercises"
    return section


def parts_of(page: str) -> list[Part]:
    _, *blocks = re.split(r"^### ", section_of(page), flags=re.MULTILINE)
    found = []
    for block in blocks:
        told, _, solution = block.partition("\n#### Solution\n")
        match = re.match(r"Write `(\w+)`\n", told)
        assert match, f"{page}: the heading of an exercise is: Write `its_name`"
        found.append(Part(match[1], told[match.end() :].partition("```")[0], told, solution))
    return found


def test_every_notes_page_has_exercises_of_its_own() -> None:
    assert sorted(PAGES) == sorted(path.stem for path in NOTES.glob("*.md"))


@each_page
def test_a_page_has_its_exercises_in_order(page: str) -> None:
    assert [part.name for part in parts_of(page)] == [exercise.name for exercise in TASKS[page]]
    assert len(parts_of(page)) in ((1,) if page in CHAPTERS else (2, 3, len(WHOLE)))


@each_page
def test_a_task_shows_how_the_function_is_called(page: str) -> None:
    for part in parts_of(page):
        assert f"`{EXERCISES[part.name].signature}`" in part.task


@each_page
def test_first_tries_fail_with_a_hint_and_solutions_pass(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The section's own cells are all that a reader needs to copy: nothing from further up the page."""
    seen: list[Result] = []

    def watched(name: str, function: object) -> Result:
        seen.append(check(name, function))
        return seen[-1]

    monkeypatch.setattr(exercises, "check", watched)
    namespace: dict[str, object] = {"__name__": "__main__"}
    cells = cells_of_page(section_of(page))
    names = [part.name for part in parts_of(page)]
    for cell in cells:
        assert "claim" not in cell.options
        exec(compile(cell.content, f"<{page}>", "exec"), namespace)  # noqa: S102 - the book's own cells
    assert [result.exercise for result in seen] == [name for name in names for _ in (1, 2)]
    for tried, solved in zip(seen[::2], seen[1::2], strict=True):
        assert tried.hint, tried
        assert solved, solved


@each_page
def test_a_solution_asserts_that_the_checker_says_right(page: str) -> None:
    for part in parts_of(page):
        assert f'\nassert check("{part.name}", {part.name})\n```' in part.solution
        assert f'\ncheck("{part.name}", {part.name})\n```' in part.tried
