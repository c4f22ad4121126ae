"""Checks of arguments: each raises one error that names the argument, what was got and what was expected.

Every module calls these where it uses a value, so that bad input stops before it can turn into a wrong number.
"""

import math
from typing import Any, cast

import torch
from torch import Tensor, nn

ID_DTYPES = (torch.int64, torch.int32)


def _check_int(name: str, value: object) -> int:
    if isinstance(value, torch.SymInt):  # a size that stands for any, while torch exports
        return cast(int, value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, got {type(value).__name__} ({value!r})")
    return value


def check_positive_int(name: str, value: object) -> int:
    """Refuse anything but an int of at least 1. A bool, and a float such as 2.0, is not an int."""
    number = _check_int(name, value)
    if number < 1:
        raise ValueError(f"{name} must be at least 1, got {value}")
    return number


def check_non_negative_int(name: str, value: object) -> None:
    """Refuse anything but an int of at least 0."""
    if _check_int(name, value) < 0:
        raise ValueError(f"{name} must be at least 0, got {value}")


def check_bool(name: str, value: object) -> None:
    """Refuse anything but True or False."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, got {type(value).__name__} ({value!r})")


def _check_number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} must be a number, got {type(value).__name__} ({value!r})")
    try:
        return float(value)
    except OverflowError as error:
        raise ValueError(
            f"{name} must be a number that a float can hold, got an int of {int(value).bit_length()} bits"
        ) from error


def check_probability(name: str, value: object) -> None:
    """Refuse anything but a number p with 0 <= p < 1: at 1 nothing would be left to scale up."""
    if not 0.0 <= _check_number(name, value) < 1.0:
        raise ValueError(f"{name} must be in [0, 1), got {value}")


def check_positive_number(name: str, value: object) -> None:
    """Refuse anything but a finite number above 0."""
    number = _check_number(name, value)
    if not (number > 0.0 and math.isfinite(number)):
        raise ValueError(f"{name} must be a finite number above 0, got {value}")


def check_non_negative_number(name: str, value: object) -> None:
    """Refuse anything but a finite number of at least 0."""
    number = _check_number(name, value)
    if not (number >= 0.0 and math.isfinite(number)):
        raise ValueError(f"{name} must be a finite number of at least 0, got {value}")


def check_divisible(d_model: int, num_heads: int) -> None:
    """Refuse a model width that the heads cannot share evenly."""
    if d_model % num_heads != 0:
        raise ValueError(
            f"d_model ({d_model}) must be divisible by num_heads ({num_heads}): "
            f"{d_model} = {num_heads} * {d_model // num_heads} + {d_model % num_heads}"
        )


def check_tensor(name: str, value: object, axes: str) -> Tensor:
    """Refuse anything but a tensor with the axes that are named, for example ``"batch, length"``."""
    if not isinstance(value, Tensor):
        raise TypeError(f"{name} must be a torch.Tensor of shape ({axes}), got {type(value).__name__}")
    if value.dim() != len(axes.split(", ")):
        raise ValueError(f"{name} must have shape ({axes}), got {tuple(value.shape)}")
    return value


def check_features(name: str, value: object, width: int, owner: nn.Module) -> None:
    """Refuse anything but a (batch, length, width) tensor with the dtype and the device of the owner's weight, if it has one."""
    x = check_tensor(name, value, "batch, length, d_model")
    if x.shape[-1] != width:
        raise ValueError(f"{name} must have last dimension d_model = {width}, got shape {tuple(x.shape)}")
    weight = getattr(owner, "weight", None)
    if not isinstance(weight, Tensor):
        return
    # Autocast converts on the way into each linear layer, so there the dtypes may differ.
    if x.dtype != weight.dtype and not torch.is_autocast_enabled(x.device.type):
        raise TypeError(f"{name} must have the module's dtype {weight.dtype}, got {x.dtype}")
    if x.device != weight.device:
        raise ValueError(f"{name} is on device {x.device}, but the module is on device {weight.device}")


def check_same_batch(name: str, x: Tensor, other_name: str, other: Tensor) -> None:
    """Refuse two tensors whose batch sizes differ, even where one of them is 1: nothing is broadcast in silence."""
    if x.shape[0] != other.shape[0]:
        raise ValueError(f"{name} and {other_name} must have the same batch size, got {x.shape[0]} and {other.shape[0]}")


def check_mask(name: str, mask: object, batch: int, heads: int, query: int, key: int, device: torch.device) -> None:
    """Refuse anything but a bool mask that broadcasts to (batch, heads, query, key), keys unstretched, on the input's device."""
    sense = "True where attending is allowed"
    if not isinstance(mask, Tensor):
        raise TypeError(f"{name} must be a bool tensor, {sense}, got {type(mask).__name__}")
    if mask.dtype != torch.bool:
        raise TypeError(f"{name} must have dtype torch.bool, {sense}, got {mask.dtype}")
    if mask.dim() != 4:
        raise ValueError(
            f"{name} must have shape (batch, heads, query, key), got {tuple(mask.shape)}: make it with "
            "padding_mask(tokens, pad_id) or causal_mask(length)"
        )
    fits = mask.shape[0] in (1, batch) and mask.shape[1] in (1, heads) and mask.shape[2] in (1, query) and mask.shape[3] == key
    if not fits:
        raise ValueError(
            f"{name} must broadcast to (batch, heads, query, key) = {(batch, heads, query, key)} "
            f"and have key length {key}, got {tuple(mask.shape)}"
        )
    if mask.device != device:
        raise ValueError(f"{name} is on device {mask.device}, but the input is on device {device}")


def check_ids(name: str, ids: object, vocab_size: int, owner: nn.Module | Tensor) -> None:
    """Refuse anything but (batch, length) integer token ids in [0, vocab_size) on the device of the module, or of the logits."""
    tokens = check_tensor(name, ids, "batch, length")
    check_id_dtype(name, tokens)
    whose, weight = ("the logits are", owner) if isinstance(owner, Tensor) else ("the module is", getattr(owner, "weight", None))
    if isinstance(weight, Tensor) and tokens.device != weight.device:
        raise ValueError(f"{name} is on device {tokens.device}, but {whose} on device {weight.device}")
    bad = (tokens < 0) | (tokens >= vocab_size)
    if known(bad.any(), False):
        row, column = bad.nonzero()[0].tolist()
        raise ValueError(
            f"{name} has id {int(tokens[row, column])} at position ({row}, {column}), outside the vocabulary of {vocab_size}"
        )


def check_id_dtype(name: str, tokens: Tensor) -> None:
    """Refuse token ids that are not whole numbers: a float, bool or uint8 tensor is some other thing by mistake."""
    if tokens.dtype not in ID_DTYPES:
        raise TypeError(f"{name} must hold token ids of dtype torch.int64 or torch.int32, got {tokens.dtype}")


def check_id(name: str, value: object, vocab_size: int) -> None:
    """Refuse a single token id that is not an int in [0, vocab_size)."""
    if not 0 <= _check_int(name, value) < vocab_size:
        raise ValueError(f"{name} must be in [0, {vocab_size}), got {value}")


def check_indexes(name: str, indexes: object, count: int) -> None:
    """Refuse anything but a row of whole numbers, each in [0, count)."""
    found = check_tensor(name, indexes, name)
    if found.dtype not in ID_DTYPES:
        raise TypeError(f"{name} must be of dtype torch.int64 or torch.int32, got {found.dtype}")
    if found.numel() and not 0 <= int(found.min()) <= int(found.max()) < count:
        raise ValueError(f"{name} must be in [0, {count}), got {int(found.min())} to {int(found.max())}")


def known(condition: Tensor, otherwise: bool) -> bool:
    """Read a condition, or take ``otherwise`` where torch traces and there is no value to be read.

    Whatever looks at values before it decides must go through here: ``torch.compile``, ``torch.export``, ``vmap`` and tensors on
    the device ``meta`` have shapes and no values.

    Args:
        condition: A bool tensor of one element.
        otherwise: The answer that is safe whatever the values are.
    """
    if torch.compiler.is_compiling() or torch._C._get_tracing_state() is not None:
        return otherwise
    try:
        return bool(condition)
    except RuntimeError:
        return otherwise


def given(**named: Any) -> dict[str, Any]:
    """Leave out what is None, so that a module that does not know an argument is not asked to.

    Example:
        >>> given(cache=None, first=0)
        {'first': 0}
    """
    return {name: value for name, value in named.items() if value is not None}
