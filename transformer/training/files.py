"""Files that are written whole or not at all."""

import errno
import os
from contextlib import suppress
from pathlib import Path

# What a file system says that cannot sync: some mounts over a network or in user space.
CANNOT_SYNC = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EBADF, errno.EACCES, errno.EPERM)


def write_whole(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path`` so that a crash, a kill or a full disk leaves the old file or the new one, never a part.

    Where the system can sync neither file nor folder, as on Windows and on some network mounts, it is written all the same; only
    a power cut could then cost it.

    Args:
        path: Where the file goes; an old file there is replaced at once.
        content: All of it.

    Raises:
        OSError: The file could not be written, and what was at ``path`` is untouched; or it was written, and the disk then
            failed. The message says which.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "note"
        >>> write_whole(path, b"whole")
        >>> path.read_bytes()
        b'whole'
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            _sync(file.fileno())  # before the name points at it, or a power cut could leave an empty file
        temporary.replace(path)
    except BaseException as error:  # also Ctrl-C
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            reason = error.strerror or error
            raise OSError(error.errno, f"{path} was not written ({reason}); an older file there is untouched") from error
        raise
    _sync_name(path)


def _sync(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in CANNOT_SYNC:
            raise


def _sync_name(path: Path) -> None:
    """Bring the new name itself to the disk, where a folder can be opened and synced."""
    try:
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError:
        return
    try:
        _sync(folder)
    except OSError as error:
        if error.errno == errno.EIO:  # the disk is failing: more steps on it would be lost too
            raise OSError(error.errno, f"{path} was written, but its folder could not be synced ({error.strerror})") from error
    finally:
        with suppress(OSError):
            os.close(folder)
