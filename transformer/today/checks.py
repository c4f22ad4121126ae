"""Checks of what only today's parts take: slots, positions, tokens that follow a cache."""

from torch import Tensor

from transformer.checks import ID_DTYPES, check_id_dtype, check_tensor, known


def check_slot(name: str, value: object) -> None:
    """Refuse what cannot be called: a slot takes a module or a function."""
    if not callable(value):
        raise TypeError(f"{name} must be a module or a function, got {type(value).__name__} ({value!r})")


def check_groups(num_heads: int, num_kv_heads: int) -> None:
    """Refuse query heads that cannot share the key heads evenly."""
    if num_heads % num_kv_heads != 0:
        raise ValueError(f"num_heads ({num_heads}) must be divisible by num_kv_heads ({num_kv_heads})")


def check_positions(positions: object, x: Tensor) -> None:
    """Refuse anything but a whole number for each token of ``x``, (batch, length) or (1, length), on its device."""
    found = check_tensor("positions", positions, "batch, length")
    if found.dtype not in ID_DTYPES:
        raise TypeError(f"positions must be of dtype torch.int64 or torch.int32, got {found.dtype}")
    batch, length = x.shape[:2]
    if found.shape[0] not in (1, batch) or found.shape[1] != length:
        raise ValueError(f"positions must have shape ({batch}, {length}) or (1, {length}), got {tuple(found.shape)}")
    if found.device != x.device:
        raise ValueError(f"positions is on device {found.device}, but the input is on device {x.device}")


def check_prompt(tokens: object, padding: object) -> Tensor:
    """Refuse a prompt that is no (batch, length) of token ids, or whose padding leaves a row without a token."""
    ids = check_tensor("tokens", tokens, "batch, length")
    check_id_dtype("tokens", ids)
    if ids.shape[1] == 0:
        raise ValueError("tokens must have at least one position, got length 0: there is nothing to go on from")
    if padding is not None:
        check_padding(padding, ids.shape[0])
        assert isinstance(padding, Tensor)
        if known((padding >= ids.shape[1]).any(), False):
            raise ValueError(f"padding must leave each row a token of {ids.shape[1]}, got {padding.tolist()}")
    return ids


def check_padding(padding: object, batch: int | None = None) -> None:
    """Refuse anything but one whole number of at least 0 for each row."""
    found = check_tensor("padding", padding, "batch")
    if found.dtype not in ID_DTYPES:
        raise TypeError(f"padding must be of dtype torch.int64 or torch.int32, got {found.dtype}")
    if batch is not None and found.shape[0] != batch:
        raise ValueError(f"padding must have one number for each of the {batch} rows, got {found.shape[0]}")
    if known((found < 0).any(), False):
        raise ValueError(f"padding must be at least 0 in each row, got {found.tolist()}")
