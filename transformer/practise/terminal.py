"""The small program in the terminal: it writes a task's file, watches the folder, and reports at every save."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from watchfiles import Change, watch

from transformer.practise.answer import look_at
from transformer.practise.tasks import Tasks, task
from transformer.teaching.exercises import Exercise, Result

MARKS = {True: "[green]✓[/]", False: "[dim]·[/]"}


class Terminal:
    """Lead a reader through the tasks.

    Args:
        tasks: The tasks and their files.
        console: Where it writes.
    """

    def __init__(self, tasks: Tasks, console: Console) -> None:
        self.tasks = tasks
        self.console = console

    def overview(self) -> None:
        """List the tasks, with those that were right."""
        right = self.tasks.right()
        table = Table(box=None, show_header=False, pad_edge=False)
        for name, exercise in self.tasks.exercises.items():
            table.add_row(MARKS[name in right], name, f"[dim]{escape(task(exercise).split('. ')[0].splitlines()[0])}[/]")
        self.console.print(table)
        self.console.print(f"{len(right)} of {len(self.tasks.exercises)} are right.")

    def begin(self, exercise: Exercise) -> None:
        """Write a task's file if there is none, tell the task, and look at what is there."""
        new = self.tasks.write(exercise)
        path = self.tasks.path(exercise)
        paragraphs = "\n\n".join(" ".join(part.split()) for part in task(exercise).split("\n\n"))
        self.console.print(Panel(escape(paragraphs), title=exercise.signature, title_align="left"))
        self.console.print(f"Write it in [bold]{escape(str(path))}[/] and save. Ctrl-C ends.")
        if not new:
            self.report(exercise)

    def watch(self) -> None:
        """Report at every save, until Ctrl-C."""
        for changes in watch(self.tasks.folder, debounce=200, raise_interrupt=True):
            for exercise in {found for _, path in changes if (found := self.tasks.of(Path(path)))}:
                deleted = not self.tasks.path(exercise).exists()
                if deleted and (Change.deleted, str(self.tasks.path(exercise).resolve())) not in changes:
                    continue
                self.report(exercise)

    def report(self, exercise: Exercise) -> None:
        """Check a task's file and say what came of it; after a right answer the next task begins."""
        path = self.tasks.path(exercise)
        if not path.exists():
            name = exercise.name
            self.console.print(f"[yellow]{escape(str(path))} is gone.[/] Save it again, or start anew: practise {name}")
            return
        if self.tasks.untouched(exercise):
            return
        result = look_at(exercise, path)
        self.show(result)
        if result:
            before = self.tasks.right()
            self.tasks.mark(exercise)
            following = self.tasks.first()
            if following is None:
                self.console.print("[green]All tasks are right.[/] Ctrl-C ends.")
            elif exercise.name not in before:
                self.begin(following)

    def show(self, result: Result) -> None:
        """Write a result: the verdict, and for a wrong answer the smallest input on which it is wrong."""
        self.console.print(f"{'[green]✓' if result else '[red]✗'} {escape(result.verdict)}[/]")
        table = Table(box=None, show_header=False, pad_edge=False)
        for name, text in result.rows():
            table.add_row(f"[dim]{name}[/]", escape(text))
        if table.row_count:
            self.console.print(table)
