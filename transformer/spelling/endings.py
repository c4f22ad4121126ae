"""How a command ends: with one line and a status of its own, whatever ended it."""

import os
import re
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import torch

LONGEST = 600  # characters of a line; what was quoted may be a whole file
CLOSED = 141  # as a shell counts a program that wrote into a closed pipe
NO_MEMORY = 3
TOO_LARGE = "Overflow when unpacking"  # torch says it in errors of several types, with lines of its own code
LACKING = re.compile(
    "not enough memory|out of memory|can't allocate|alloc_cpu|Storage size calculation overflow|numel: integer", re.I
)


class StoppedError(KeyboardInterrupt):
    """A signal asked the program to end.

    Args:
        number: The signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__("stopped")
        self.status = 128 + number  # as a shell counts


@contextmanager
def signals_stop() -> Iterator[None]:
    """Turn Ctrl-C, SIGTERM and a closed terminal into ``StoppedError``, once; what the caller had is put back in the end.

    A signal that is ignored, as under ``nohup``, stays so; and threads that are not the main one get none.

    Yields:
        Nothing, while the signals are caught.
    """
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]  # Windows has no SIGHUP
    before: dict[signal.Signals, Any] = {}

    def stop(number: int, _: FrameType | None) -> None:
        for other in before:
            signal.signal(other, signal.SIG_IGN)  # a second one would cut off the line that tells how to go on
        raise StoppedError(number)

    if threading.current_thread() is threading.main_thread():
        for kind in (signal.Signals[name] for name in names):
            if signal.getsignal(kind) is not signal.SIG_IGN:
                before[kind] = signal.getsignal(kind)
        for kind in before:
            signal.signal(kind, stop)
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def describe(error: BaseException) -> tuple[str, int] | None:
    """Say in one line how a command ended, and with which status.

    Args:
        error: What ended it.

    Returns:
        The line and the status; None for what is a mistake in this program, whose traceback is wanted.

    Example:
        >>> describe(MemoryError())
        ('error: there is not enough memory for what was asked', 3)
    """
    if isinstance(error, StoppedError):
        return one_line(str(error)), error.status
    if isinstance(error, KeyboardInterrupt):
        return "stopped", 128 + signal.SIGINT
    if isinstance(error, MemoryError | torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError) and LACKING.search(str(error))
    ):
        return "error: there is not enough memory for what was asked", NO_MEMORY
    if isinstance(error, BrokenPipeError):
        return "error: the output was closed before its end", CLOSED
    if isinstance(error, OverflowError) or TOO_LARGE in str(error):
        return "error: a number is too large for this machine", 2
    if isinstance(error, ValueError | TypeError):
        return f"error: {one_line(str(error))}", 2
    if isinstance(error, OSError):
        return f"error: {one_line(str(error))}", 1
    return None


def one_line(text: str) -> str:
    r"""Write what cannot be printed as an escape, and cut the middle out of what is long.

    Args:
        text: A message that quotes what somebody typed or what a file holds.

    Returns:
        One line of at most ``LONGEST`` characters.

    Example:
        >>> one_line("a\nb"), len(one_line("a" * 9999))
        ('a\\nb', 600)
    """
    shown = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
    if len(shown) <= LONGEST:
        return shown
    end = LONGEST // 3
    return f"{shown[: LONGEST - end - 5]} ... {shown[-end:]}"


def forget_output() -> None:
    """Let Python close an output that cannot be written any more, without a second message when the program ends."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
