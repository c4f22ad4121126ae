"""The small program in the terminal: it writes a task's file, watches the folder, and reports at every save."""

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from watchfiles import watch

from transformer.practise.answer import look_at
from transformer.practise.tasks import Tasks, task
from transformer.teaching.exercises import Exercise, Result

MARKS = {True: "[green]✓[/]", False: "[dim]·[/]"}
LOOK = 1000
"""Milliseconds after which the files are looked at even if no change was told: one may have come before the watch began."""


class Terminal:
    """Lead a reader through the tasks.

    Args:
        tasks: The tasks and their files.
        console: Where it writes.
    """

    def __init__(self, tasks: Tasks, console: Console) -> None:
        self.tasks = tasks
        self.console = console
        self._seen = self._states()

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
        self.tasks.write(exercise)
        self._seen = self._states()
        paragraphs = "\n\n".join(" ".join(part.split()) for part in task(exercise).split("\n\n"))
        self.console.print(Panel(escape(paragraphs), title=exercise.signature, title_align="left"))
        path, name = escape(str(self.tasks.path(exercise))), exercise.name
        self.console.print(
            f"Open [bold]{path}[/] in an editor, write the function and save. Each save is checked here. Ctrl-C ends."
        )
        self.console.print("A common mistake gets a hint. To see a right answer, type in another terminal:")
        self.console.print(f"  python -m transformer practise {name} --solution")
        if not self.tasks.untouched(exercise):
            self.report(exercise)

    def watch(self) -> None:
        """Report at every save, until Ctrl-C."""
        for _ in watch(self.tasks.folder, debounce=200, rust_timeout=LOOK, yield_on_timeout=True, raise_interrupt=True):
            before, self._seen = self._seen, self._states()
            for name, state in self._seen.items():
                if state != before[name]:
                    self.report(self.tasks.exercises[name])

    def report(self, exercise: Exercise) -> None:
        """Check a task's file and say what came of it; after a right answer the next task begins."""
        path = self.tasks.path(exercise)
        if not path.exists():
            self.console.print(f"[yellow]{escape(str(path))} is gone.[/] Save it again, or press Ctrl-C and begin again.")
            return
        if self.tasks.untouched(exercise):
            self.console.print(f"{escape(str(path))} is as it was written: put your answer in place of its last line.")
            return
        with self.console.status(f"Checking {escape(str(path))}"):  # the first time torch is loaded for it
            result = look_at(exercise, path)
        self.show(result)
        if result:
            before = self.tasks.right()
            self.tasks.mark(exercise)
            following = self.tasks.first()
            if following is None:
                self.console.print("[green]All tasks are right.[/] Ctrl-C ends.")
            elif exercise.name not in before:
                self.console.print(f"{len(before) + 1} of {len(self.tasks.exercises)} are right. The next task:")
                self.begin(following)

    def show(self, result: Result) -> None:
        """Write a result: the verdict, and for a wrong answer the smallest input on which it is wrong."""
        self.console.print(f"{'[green]✓' if result else '[red]✗'} {escape(result.verdict)}[/]")
        table = Table(box=None, show_header=False, pad_edge=False)
        for name, text in result.rows():
            table.add_row(f"[dim]{name}[/]", escape(text))
        if table.row_count:
            self.console.print(table)

    def _states(self) -> dict[str, tuple[int, int] | None]:
        """Say of each task's file when it was written and how long it is."""
        states: dict[str, tuple[int, int] | None] = {}
        for name, exercise in self.tasks.exercises.items():
            try:
                found = self.tasks.path(exercise).stat()
                states[name] = found.st_mtime_ns, found.st_size
            except OSError:
                states[name] = None
        return states
