"""Scaled dot-product attention: softmax(Q K^T / sqrt(d_k)) V, with masks that cannot go wrong in silence."""

import math

import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor

from transformer.checks import check_mask, check_probability, check_tensor
from transformer.dropout import drop

AXES = {
    "query": "batch, heads, query, d_k",
    "key": "batch, heads, key, d_k",
    "value": "batch, heads, key, d_v",
}


def scaled_dot_product_attention(
    query: Float[Tensor, "batch heads query d_k"],
    key: Float[Tensor, "batch heads key d_k"],
    value: Float[Tensor, "batch heads key d_v"],
    mask: Bool[Tensor, "#batch #heads #query key"] | None = None,
    *,
    dropout: float = 0.0,
    training: bool = False,
    need_weights: bool = False,
) -> tuple[Float[Tensor, "batch heads query d_v"], Float[Tensor, "batch heads query key"] | None]:
    """Average the values, weighted by how well each key fits the query.

    A query row with no allowed key gets weights 0 and output 0, with finite gradients. Under a mask, a key or value that is not
    finite reaches only the rows that may attend to it: those become NaN, all others are as if it were not there. Without a mask
    every row attends to it, and gets what the formula makes of it.

    Args:
        query: (batch, heads, query, d_k).
        key: (batch, heads, key, d_k).
        value: (batch, heads, key, d_v).
        mask: Bool, True where attending is allowed; broadcasts to (batch, heads, query, key). None allows everything.
        dropout: Probability with which a weight is zeroed in training, in [0, 1).
        training: Whether dropout acts. ``torch.nn.functional`` cannot know the module's mode, so it must be told.
        need_weights: Return the weights too, from the formula as the paper writes it. Otherwise torch's own function runs.

    Returns:
        The output (batch, heads, query, d_v), and the weights (batch, heads, query, key) before dropout or None.

    Raises:
        TypeError: An argument is not a floating-point tensor, the dtypes differ, or the mask is not bool.
        ValueError: Shapes or devices do not fit together, there is no key, or ``dropout`` is outside [0, 1).

    Source:
        Vaswani et al. 2017, section 3.2.1, equation 1.

    Example:
        >>> import torch
        >>> query, key, value = torch.zeros(1, 1, 2, 4), torch.zeros(1, 1, 3, 4), torch.eye(3).view(1, 1, 3, 3)
        >>> output, weights = scaled_dot_product_attention(query, key, value, need_weights=True)
        >>> weights[0, 0, 0]
        tensor([0.3333, 0.3333, 0.3333])
    """
    _check_arguments(query, key, value, mask, dropout)
    probability = dropout if training else 0.0
    if mask is None or _needs_no_care(key, value, mask):
        return _attend(query, key, value, mask, probability, need_weights)

    # 0 * NaN is NaN, so a hidden key that is not finite must be taken out before any product, not weighted by zero.
    finite = key.isfinite().all(-1) & value.isfinite().all(-1)  # (batch, heads, key)
    key = key.masked_fill(~finite.unsqueeze(-1), 0.0)
    value = value.masked_fill(~finite.unsqueeze(-1), 0.0)
    spoiled = (mask & ~finite.unsqueeze(-2)).any(-1, keepdim=True)  # (batch, heads, query, 1)
    empty = ~mask.any(-1, keepdim=True)  # (batch or 1, heads or 1, query or 1, 1)

    # An empty row is opened before the softmax, which cannot normalise nothing, and zeroed after it.
    output, weights = _attend(query, key, value, mask | empty, probability, need_weights)
    output = output.masked_fill(empty, 0.0).masked_fill(spoiled, math.nan)
    if weights is not None:
        weights = weights.masked_fill(empty, 0.0).masked_fill(spoiled, math.nan)
    return output, weights


def _needs_no_care(key: Tensor, value: Tensor, mask: Tensor) -> bool:
    # Where all is finite and no row is empty, care changes nothing and costs a tenth of a training step.
    # A sum that overflows asks for care, no more. On another device the processor would have to wait for the answer.
    return key.device.type == "cpu" and bool((key.sum() + value.sum()).isfinite() & mask.any(-1).all())


def _attend(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, probability: float, need_weights: bool
) -> tuple[Tensor, Tensor | None]:
    # On a CPU torch's function has no fused kernel that drops weights; the formula with our dropout is faster there.
    if not need_weights and (probability == 0.0 or query.device.type != "cpu"):
        return F.scaled_dot_product_attention(query, key, value, attn_mask=mask, dropout_p=probability), None
    # The query is divided before the product, not the scores after it: in float16 they could overflow in between.
    scores = query / math.sqrt(query.shape[-1]) @ key.transpose(-2, -1)  # (batch, heads, query, key)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = scores.softmax(dim=-1)
    return drop(weights, probability) @ value, weights if need_weights else None


def _check_arguments(query: object, key: object, value: object, mask: object, dropout: object) -> None:
    q, k, v = (check_tensor(name, x, AXES[name]) for name, x in (("query", query), ("key", key), ("value", value)))
    if not (q.dtype == k.dtype == v.dtype and q.is_floating_point()):
        raise TypeError(f"query, key and value must share one floating-point dtype, got {q.dtype}, {k.dtype} and {v.dtype}")
    if not q.device == k.device == v.device:
        raise ValueError(f"query, key and value must be on one device, got {q.device}, {k.device} and {v.device}")
    if not q.shape[:2] == k.shape[:2] == v.shape[:2]:
        raise ValueError(
            "query, key and value must have the same batch size and number of heads, "
            f"got {tuple(q.shape[:2])}, {tuple(k.shape[:2])} and {tuple(v.shape[:2])}"
        )
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(f"query and key must have the same d_k, got {q.shape[-1]} and {k.shape[-1]}")
    if q.shape[-1] == 0:
        raise ValueError("query and key must have a d_k of at least 1, got 0")
    if k.shape[2] != v.shape[2]:
        raise ValueError(f"key and value must have the same length, got {k.shape[2]} and {v.shape[2]}")
    if k.shape[2] == 0:
        raise ValueError("key must have at least one position, got length 0: there is nothing to attend to")
    if mask is not None:
        check_mask("mask", mask, q.shape[0], q.shape[1], q.shape[2], k.shape[2], q.device)
    check_probability("dropout", dropout)
