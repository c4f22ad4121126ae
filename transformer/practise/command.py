"""The subcommand ``practise``."""

import argparse
import signal
from pathlib import Path

from transformer.spelling.endings import StoppedError
from transformer.spelling.options import path_of
from transformer.teaching.exercises import WHOLE


def add_practise_flags(parser: argparse.ArgumentParser) -> None:
    """Give a parser the flags of ``practise``, and what runs it."""
    names = [exercise.name for exercise in WHOLE]
    parser.add_argument("task", nargs="?", choices=names, metavar="TASK", help=f"one of {', '.join(names)} (the first not right)")
    parser.add_argument("--folder", type=path_of, default=Path("practice"), help="where the files go (%(default)s)")
    parser.add_argument("--list", action="store_true", help="list the tasks and which are right, and end")
    parser.add_argument("--solution", action="store_true", help="show a right answer, and end")
    parser.set_defaults(run=run_practise)


def run_practise(arguments: argparse.Namespace) -> None:
    """Lead through the tasks until Ctrl-C.

    Raises:
        ValueError: The libraries for the terminal are missing, or ``--solution`` stands without a task.
        NotADirectoryError: The folder is a file.
    """
    try:
        from rich.console import Console
        from rich.syntax import Syntax

        from transformer.practise.tasks import Tasks, solution
        from transformer.practise.terminal import Terminal
    except ModuleNotFoundError as error:
        raise ValueError(f"{error.name} is not installed: pip install 'transformer-checked[practise]'") from error
    if arguments.folder.exists() and not arguments.folder.is_dir():
        raise NotADirectoryError(f"--folder {arguments.folder} is a file, and a folder is expected")
    tasks, console = Tasks(arguments.folder), Console(highlight=False)
    terminal = Terminal(tasks, console)
    if arguments.list:
        terminal.overview()
        return
    exercise = tasks.exercises[arguments.task] if arguments.task else tasks.first()
    if arguments.solution:
        if not arguments.task:
            raise ValueError("--solution needs the name of a task")
        assert exercise
        console.print(Syntax(solution(exercise), "python", theme="ansi_dark"))
        return
    if exercise is None:
        terminal.overview()
        return
    try:
        terminal.begin(exercise)
        terminal.watch()
    except KeyboardInterrupt as error:  # Ctrl-C may reach the watcher before it reaches us
        stop = error if isinstance(error, StoppedError) else StoppedError(signal.SIGINT)
        stop.args = (f"stopped with {len(tasks.right())} of {len(WHOLE)} tasks right; the same command goes on",)
        raise stop from None
