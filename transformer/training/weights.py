"""Weights in files that hold nothing else: safetensors, checked before they are used."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from transformer.training.files import write_whole

HEADER_LIMIT = 1_000_000  # bytes of names, shapes and notes
NOTES_LIMIT = HEADER_LIMIT // 2


def save_weights(
    path: Path, weights: Mapping[str, Tensor], notes: Mapping[str, str], *, dtype: torch.dtype = torch.float32
) -> None:
    """Write weights and a few words about them, whole or not at all.

    Args:
        path: Where the file goes.
        weights: Tensors by name.
        notes: Words by name, kept in the file's header.
        dtype: The weights are rounded to this.

    Raises:
        ValueError: A weight is not finite, or too large for ``dtype``, or the notes are too long to be read again; an older file
            is untouched.
        OSError: The file could not be written; an older one is untouched.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "model.safetensors"
        >>> save_weights(path, {"weight": torch.eye(2)}, {"seed": "0"})
        >>> read_notes(path)
        {'seed': '0'}
    """
    check_notes(path, notes)
    # A copy each: tied weights are one storage, which the format does not know.
    rounded = {name: weight.detach().to("cpu", dtype, copy=True).contiguous() for name, weight in weights.items()}
    for name, weight in rounded.items():
        _check_finite(path, f"{name} as {dtype}", weight)
    write_whole(path, _ordered(save(rounded, dict(notes))))


def check_notes(path: Path, notes: Mapping[str, str]) -> None:
    """Refuse notes that the file could not hold, before a long run ends in them.

    Args:
        path: The file that they are for, for the message.
        notes: Words by name.

    Raises:
        TypeError: A note is no word.
        ValueError: They are longer than a file's header may be.
    """
    for name, note in notes.items():
        if not isinstance(note, str):
            raise TypeError(f"{path}: the note {name!r} must be a str, got {type(note).__name__}")
    size = len(json.dumps(dict(notes), ensure_ascii=False).encode())
    if size > NOTES_LIMIT:
        raise ValueError(f"{path}: the notes must be at most {NOTES_LIMIT} bytes, got {size}")


def read_notes(path: Path) -> dict[str, str]:
    """Read the words that ``save_weights`` put beside the weights.

    Args:
        path: A file of ``save_weights``.

    Returns:
        The words by name; none if the file was written by someone else.

    Raises:
        OSError: The file is not there, is a folder or may not be read.
        ValueError: The file is damaged, or is no safetensors file.
    """
    with _opened(path) as file:
        return dict(file.metadata() or {})


def load_weights(path: Path, model: nn.Module) -> None:
    """Fill a model from a file, after every tensor in it was checked; on an error the model is as it was.

    Args:
        path: A file of ``save_weights``.
        model: Its parameters get the file's values, in its own dtype and on its own device.

    Raises:
        OSError: The file is not there, is a folder or may not be read.
        ValueError: The file is damaged or too large, or a weight is missing, unknown, of another shape, not a floating-point
            number, or not finite in the model's dtype.
    """
    expected = model.state_dict()
    limit = sum(weight.numel() * 8 for weight in expected.values()) + HEADER_LIMIT  # 8 bytes: float64
    if path.stat().st_size > limit:
        raise ValueError(f"{path} must be at most {limit} bytes for this model, got {path.stat().st_size}")
    with _opened(path) as file:
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    check_weights(path, weights, expected)
    model.load_state_dict(weights)


def check_weights(path: Path, weights: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> None:
    """Refuse weights that are not the expected ones by name, shape and kind, or that are not finite.

    Args:
        path: Where they come from, for the message.
        weights: What was read.
        expected: The weights of the model that they are for.

    Raises:
        ValueError: Naming a weight that is wrong, and how.
    """
    for problem, names in (("lacks", expected.keys() - weights.keys()), ("has the unknown", weights.keys() - expected.keys())):
        if names:
            raise ValueError(f"{path} {problem} weight {min(names)!r}; {len(expected)} weights of this model are expected")
    for name, weight in weights.items():
        if weight.shape != expected[name].shape:
            raise ValueError(f"{path}: {name} must have shape {tuple(expected[name].shape)}, got {tuple(weight.shape)}")
        if not weight.is_floating_point():
            raise ValueError(f"{path}: {name} must be floating-point, got {weight.dtype}")
        _check_finite(path, name, weight.to(expected[name].dtype))  # a large float64 is no finite float32


def average_weights(paths: Sequence[Path], model: nn.Module) -> None:
    """Fill a model with the mean of several files: the last checkpoints of a run together are better than the last alone.

    Args:
        paths: Files of ``save_weights``, all of one kind of model.
        model: Its parameters get the mean.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: There is no file to average, or one is refused by ``load_weights``.

    Source:
        Vaswani et al. 2017, section 6.1.
    """
    if not paths:
        raise ValueError("paths must name at least one file to average, got none")
    total: dict[str, Tensor] = {}
    for path in paths:
        load_weights(path, model)
        for name, weight in model.state_dict().items():
            total[name] = total.get(name, 0.0) + weight.double()
    model.load_state_dict({name: weight / len(paths) for name, weight in total.items()})


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a file of weights. Python opens it first, since its errors name the path and the reason, and safetensors' do not."""
    path.open("rb").close()
    try:
        with safe_open(path, "pt") as file:
            yield file
    except SafetensorError as error:
        raise ValueError(f"{path} is damaged or is no safetensors file ({error})") from error
    except OSError as error:  # a file system without memory maps
        raise OSError(error.errno, f"{path} was not read ({error.strerror or error})") from error


def _check_finite(path: Path, name: str, weight: Tensor) -> None:
    if not weight.isfinite().all():
        raise ValueError(f"{path}: {name} must be finite, got {int((~weight.isfinite()).sum())} numbers that are not")


def _ordered(content: bytes) -> bytes:
    """Sort the header: safetensors writes the notes in an order of chance, and the same model must be the same bytes."""
    end = 8 + int.from_bytes(content[:8], "little")
    header = json.dumps(json.loads(content[8:end]), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)  # so that the numbers after it are aligned
    return len(header).to_bytes(8, "little") + header + content[end:]
