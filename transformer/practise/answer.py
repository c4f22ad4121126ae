"""What a reader wrote, run in a process of its own: whatever it does ends there."""

import multiprocessing
import traceback
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from pathlib import Path

from transformer.teaching.exercises import EXERCISES, Exercise, Result, check

SECONDS = 60.0
"""How long an answer may take; the longest solution takes a tenth of a second."""


def look_at(exercise: Exercise, path: Path, seconds: float = SECONDS) -> Result:
    """Check the answer in a file.

    Args:
        exercise: The task.
        path: The file with the function.
        seconds: How long the answer may take.

    Returns:
        What ``check`` says of it, without the exception; or that the file has no such function, cannot be run, or did not end.
    """
    context = _context()
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(exercise.name, path, writer), daemon=True)
    process.start()
    writer.close()
    try:
        if not reader.poll(seconds):
            return Result(
                exercise.name, 0, problem=f"it did not end within {seconds:.0f} seconds: is there a loop without an end?"
            )
        found = reader.recv()
        assert isinstance(found, Result)
        return found
    except EOFError:
        process.join()
        return Result(exercise.name, 0, problem=f"it ended the program that checks it (status {process.exitcode})")
    finally:
        process.kill()
        process.join()


def _context() -> ForkServerContext | SpawnContext:
    if "forkserver" not in multiprocessing.get_all_start_methods():  # Windows
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # torch is loaded once, not at every save
    return context


def _answer(name: str, path: Path, writer: Connection) -> None:
    try:
        writer.send(_check(name, path))
    except Exception:
        traceback.print_exc()


def _check(name: str, path: Path) -> Result:
    try:
        code = compile(path.read_bytes(), str(path), "exec")
    except SyntaxError as error:
        line = f"line {error.lineno}: " if error.lineno else ""
        return Result(name, 0, problem=f"it is no Python: {line}{error.msg}", line=(error.text or "").strip())
    except ValueError as error:  # a null byte, or no UTF-8
        return Result(name, 0, problem=f"it is no Python: {error}")
    names: dict[str, object] = {"__name__": path.stem, "__file__": str(path)}
    try:
        exec(code, names)  # noqa: S102 - the reader's own file, on the reader's own machine
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        told = f"{type(error).__name__}: {error}"
        return Result(name, 0, problem=f"the file stops before the function is there: {told}", line=last.line or "")
    if name not in names:
        return Result(name, 0, problem=f"the file has no function {EXERCISES[name].signature}")
    try:
        return replace(check(name, names[name]), error=None)
    except TypeError as error:
        return Result(name, 0, problem=str(error))
