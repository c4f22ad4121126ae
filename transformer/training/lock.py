"""A folder belongs to one run at a time."""

import errno
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import torch
from filelock import FileLock, SoftFileLock, Timeout

from transformer.training.parallel import Process

# What a file system says that has no locks: some mounts over a network or in user space.
NO_LOCKS = (errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.EINVAL)


@contextmanager
def hold_folder(folder: Path, process: Process) -> Iterator[None]:
    """Keep other runs out of a folder, until the block ends or the first process dies. It holds it for all of them.

    Args:
        folder: It must be there.
        process: This process; all of its run wait for each other here.

    Yields:
        Nothing, while the folder is held.

    Raises:
        ValueError: Another run holds the folder; the message has its process id, where that can be read.
        OSError: The file could not be made.

    Example:
        >>> import tempfile
        >>> folder, alone = Path(tempfile.mkdtemp()), Process(0, 1, torch.device("cpu"))
        >>> with hold_folder(folder, alone), hold_folder(folder, alone):
        ...     pass  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        ValueError: ... is in use by another run (process ...)
    """
    problem: OSError | ValueError | None = None
    with ExitStack() as held:
        if process.rank == 0:
            try:
                held.enter_context(_lock(folder))
            except (OSError, ValueError) as error:
                problem = error
        refused = process.gather(torch.tensor(problem is not None, device="cpu"))[0]
        if problem is not None:
            raise problem
        if refused:  # told here too, or this process would wait for the first in vain
            raise ValueError(f"{folder} could not be held by process 0")
        yield


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Lock a folder.

    The file ``lock`` in it stays; what counts is the lock that the system keeps on it, which a kill frees. Where the file system
    has none, the file itself is the lock, and that of a process that is gone is taken over.
    """
    path = folder / "lock"
    lock: FileLock | SoftFileLock = FileLock(path, timeout=0, fallback_to_soft=False)
    try:
        try:
            lock.acquire()
            _write_holder(path)
        except OSError as error:
            if isinstance(error, Timeout) or error.errno not in NO_LOCKS:
                raise
            lock = SoftFileLock(folder / "lock.held", timeout=0)  # writes its process id by itself
            lock.acquire()
    except Timeout as error:
        holder = _holder(Path(lock.lock_file))
        raise ValueError(f"{folder} is in use by another run{holder and f' (process {holder})'}") from error
    try:
        yield
    finally:
        lock.release()


def _write_holder(path: Path) -> None:
    with suppress(OSError):  # on Windows the lock keeps even its holder out; the number is for a message only
        path.write_text(f"{os.getpid()}\n", encoding="utf-8")


def _holder(path: Path) -> str:
    with suppress(OSError, ValueError):
        first = path.read_text(encoding="utf-8").split()[:1]
        return "".join(first) if first and first[0].isdigit() else ""
    return ""
