"""Forked processes, and ways for them to die. For programs that do nothing else: a fork of many threads would not be safe."""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any


def in_child(work: Callable[[], None]) -> int:
    """Do some work in a forked process; return its exit code, or minus the signal that ended it."""
    return code_of(start_child(work))


def start_child(work: Callable[[], None]) -> int:
    """Do some work in a forked process; return its number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def code_of(child: int) -> int:
    """Wait for a forked process; return its exit code, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at_event(number: int) -> None:
    """Die at some call of a Python function: anywhere, but at the same place on a slow machine and on a fast one."""
    left = number

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            die()

    sys.setprofile(count)


def die_at_write(number: int) -> None:
    """Die at the ``number``-th moment at which something is about to happen on the disk, or has half happened."""
    left = number

    def moment() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            die()

    def before(owner: Any, name: str) -> None:
        original = getattr(owner, name)

        def watched(*arguments: Any, **words: Any) -> Any:
            moment()
            return original(*arguments, **words)

        setattr(owner, name, watched)

    for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "unlink"), (Path, "mkdir")):
        before(owner, name)
    original_open = Path.open

    def watched_open(path: Path, *arguments: Any, **words: Any) -> Any:
        file = original_open(path, *arguments, **words)
        if arguments and arguments[0] in ("wb", "a"):
            write = file.write

            def write_in_halves(content: Any) -> None:
                write(content[: len(content) // 2])
                file.flush()
                moment()
                write(content[len(content) // 2 :])

            file.write = write_in_halves
        return file

    Path.open = watched_open  # type: ignore[assignment, method-assign]
