"""Files that are written whole or not at all."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path`` so that a crash, a kill or a full disk leaves the old file or the new one, never a part.

    Args:
        path: Where the file goes; an old file there is replaced at once.
        content: All of it.

    Raises:
        OSError: The file could not be written; what was at ``path`` is untouched.

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
            os.fsync(file.fileno())  # before the name points at it, or a power cut could leave an empty file
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OSError(error.errno, f"{path} was not written ({error.strerror}); an older file there is untouched") from error
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name itself
    finally:
        os.close(folder)
