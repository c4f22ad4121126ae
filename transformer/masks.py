"""Masks: who may attend to whom.

A mask is boolean, True where attending is allowed, and has four dimensions (batch, heads, query, key). Dimensions of size 1
are shared: one padding mask serves every head and every query. Masks combine with ``&``: what both allow is allowed.
"""

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from transformer.checks import check_id_dtype, check_positive_int, check_tensor


def causal_mask(length: int, *, device: torch.device | None = None) -> Bool[Tensor, "1 1 {length} {length}"]:
    """Let each position attend to itself and to what came before it.

    Args:
        length: Number of positions.
        device: Where the mask is made; the default device if None.

    Returns:
        Bool mask of shape (1, 1, length, length), True on and below the diagonal.

    Raises:
        TypeError: ``length`` is not an int.
        ValueError: ``length`` is below 1.

    Source:
        Vaswani et al. 2017, section 3.2.3.

    Example:
        >>> causal_mask(3)[0, 0].int()
        tensor([[1, 0, 0],
                [1, 1, 0],
                [1, 1, 1]], dtype=torch.int32)
    """
    check_positive_int("length", length)
    return torch.ones(1, 1, length, length, dtype=torch.bool, device=device).tril()


def padding_mask(tokens: Int[Tensor, "batch length"], pad_id: int) -> Bool[Tensor, "batch 1 1 length"]:
    """Hide the padding of a batch: every query may attend to every key that is a real token.

    The mask works on the key side. Padded queries still get an output; the loss leaves it out.

    Args:
        tokens: Token ids of shape (batch, length).
        pad_id: The id that stands for padding.

    Returns:
        Bool mask of shape (batch, 1, 1, length), True where the token is not padding.

    Raises:
        TypeError: ``tokens`` is not a tensor of int64 or int32, or ``pad_id`` is not an int.
        ValueError: ``tokens`` is not two-dimensional.

    Source:
        Vaswani et al. 2017 leave padding unsaid; the key side follows from section 3.2.1, where the softmax runs over keys.

    Example:
        >>> padding_mask(torch.tensor([[5, 7, 0], [5, 0, 0]]), pad_id=0)[:, 0, 0].int()
        tensor([[1, 1, 0],
                [1, 0, 0]], dtype=torch.int32)
    """
    ids = check_tensor("tokens", tokens, "batch, length")
    check_id_dtype("tokens", ids)
    if isinstance(pad_id, bool) or not isinstance(pad_id, int):
        raise TypeError(f"pad_id must be an int, got {type(pad_id).__name__} ({pad_id!r})")
    return (ids != pad_id)[:, None, None, :]
