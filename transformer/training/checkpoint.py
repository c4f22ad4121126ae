"""Checkpoints: all that a run needs to go on as if it had never stopped."""

import hashlib
import io
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
    "notes": dict,
    "rng": dict,
}

CHECKSUM_BYTES = 32


def save_checkpoint(path: Path, state: dict[str, Any], *, limit: int | None = None) -> None:
    """Write a checkpoint, whole or not at all, and only if it can be read again.

    Args:
        path: Where the file goes; the older checkpoint there stays until the new one is complete. It is what ``torch.save``
            writes, and a checksum of it, since ``torch.load`` would not notice a number that changed on the disk.
        state: The parts, as ``PARTS`` names them.
        limit: The most bytes that ``load_checkpoint`` will be told to read; none if it is None.

    Raises:
        ValueError: A part is missing, unknown or of the wrong type; or the state holds what ``load_checkpoint`` would refuse.
        OSError: The file could not be written; an older one is untouched.
    """
    _check_parts(path, state)
    buffer = io.BytesIO()
    torch.save(state, buffer)
    content = buffer.getvalue()
    whole = content + _checksum(content)
    if limit is not None and len(whole) > limit:
        raise ValueError(f"{path} must be at most {limit} bytes for this model, and would have {len(whole)}: it was not written")
    try:
        torch.load(io.BytesIO(content), weights_only=True, map_location="cpu")
    except Exception as error:
        raise ValueError(f"{path} was not written: the state holds more than tensors and plain values ({error})") from error
    write_whole(path, whole)


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
    whole = path.read_bytes()
    content, checksum = whole[:-CHECKSUM_BYTES], whole[-CHECKSUM_BYTES:]
    if checksum != _checksum(content):
        raise ValueError(f"{path} is damaged or is no checkpoint: its bytes do not fit the checksum at its end")
    _check_size(path, content)
    try:
        state = torch.load(io.BytesIO(content), weights_only=True, map_location="cpu")
    except Exception as error:  # torch's words would tell how to load it all the same
        raise ValueError(f"{path} holds more than tensors and plain values, or cannot be read") from error
    if not isinstance(state, dict):
        raise ValueError(f"{path} must hold a dict of {', '.join(PARTS)}, got {type(state).__name__}")
    _check_parts(path, state)
    return state


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _check_size(path: Path, content: bytes) -> None:
    """Refuse records that unpack to more than the file's size: torch compresses none, so they are there to fill the memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            packed = [record.filename for record in archive.infolist() if record.compress_type != zipfile.ZIP_STORED]
    except Exception as error:  # zipfile has many words for what is no archive
        raise ValueError(f"{path} is no checkpoint ({error})") from error
    if packed:
        raise ValueError(f"{path} must hold records as they are, got {packed[0]} compressed")


def _check_parts(path: Path, state: dict[str, Any]) -> None:
    for name, kind in PARTS.items():
        if name not in state:
            raise ValueError(f"{path} lacks {name!r}; a checkpoint holds {', '.join(PARTS)}")
        if not isinstance(state[name], kind):
            raise ValueError(f"{path}: {name!r} must be of type {kind.__name__}, got {type(state[name]).__name__}")
    for name in state:
        if name not in PARTS:
            raise ValueError(f"{path} has the unknown part {name!r}; a checkpoint holds {', '.join(PARTS)}")
