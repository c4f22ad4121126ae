"""Checkpoints: all that a run needs to go on as if it had never stopped."""

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch

from transformer.training.files import write_whole

# What each part is for is told in Trainer.state_dict, which makes them.
PARTS = {
    "config": dict,
    "settings": dict,
    "step": int,
    "seconds": float,
    "model": dict,
    "optimizer": dict,
    "schedule": dict,
    "data": dict,
    "rng": dict,
}


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write a checkpoint, whole or not at all.

    Args:
        path: Where the file goes; the older checkpoint there stays until the new one is complete.
        state: The parts, as ``PARTS`` names them.

    Raises:
        ValueError: A part is missing, unknown or of the wrong type.
        OSError: The file could not be written; an older one is untouched.
    """
    _check_parts(path, state)
    buffer = io.BytesIO()
    torch.save(state, buffer)
    write_whole(path, buffer.getvalue())


def load_checkpoint(path: Path, *, limit: int) -> dict[str, Any]:
    """Read a checkpoint. Nothing in it can run code, no byte has changed since it was written, and every part is there.

    Args:
        path: A file of ``save_checkpoint``.
        limit: The most bytes that the file may have.

    Returns:
        The parts, on the CPU.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is too large or damaged, holds more than tensors and plain values, or a part is missing, unknown or
            of the wrong type.
    """
    if path.stat().st_size > limit:
        raise ValueError(f"{path} must be at most {limit} bytes for this model, got {path.stat().st_size}")
    content = path.read_bytes()
    _check_archive(path, content)
    try:
        state = torch.load(io.BytesIO(content), weights_only=True, map_location="cpu")
    except (pickle.UnpicklingError, RuntimeError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path} holds more than tensors and plain values, or is no checkpoint ({_first_line(error)})"
        ) from error
    if not isinstance(state, dict):
        raise ValueError(f"{path} must hold a dict of {', '.join(PARTS)}, got {type(state).__name__}")
    _check_parts(path, state)
    return state


def _check_archive(path: Path, content: bytes) -> None:
    """Compare every record with its checksum, which torch writes but does not look at."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # torch compresses nothing: such a record could only be there to fill the memory.
            packed = [record.filename for record in archive.infolist() if record.compress_type != zipfile.ZIP_STORED]
            wrong = packed[0] if packed else archive.testzip()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise ValueError(f"{path} is damaged or is no checkpoint ({_first_line(error)})") from error
    if wrong:
        raise ValueError(f"{path} is damaged ({wrong} is not as it was written)")


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def _check_parts(path: Path, state: dict[str, Any]) -> None:
    for name, kind in PARTS.items():
        if name not in state:
            raise ValueError(f"{path} lacks {name!r}; a checkpoint holds {', '.join(PARTS)}")
        if not isinstance(state[name], kind):
            raise ValueError(f"{path}: {name!r} must be of type {kind.__name__}, got {type(state[name]).__name__}")
    for name in state:
        if name not in PARTS:
            raise ValueError(f"{path} has the unknown part {name!r}; a checkpoint holds {', '.join(PARTS)}")
