"""Scaled dot-product attention: softmax(Q K^T / sqrt(d_k)) V, with masks that cannot go wrong in silence."""

import math
from collections.abc import Iterable

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor

from transformer.checks import check_mask, check_probability, check_tensor, known
from transformer.dropout import drop

AXES = {
    "query": "batch, heads, query, d_k",
    "key": "batch, heads, key, d_k",
    "value": "batch, heads, key, d_v",
}


def attention_weights(
    query: Float[Tensor, "batch heads query d_k"],
    key: Float[Tensor, "batch heads key d_k"],
    mask: Bool[Tensor, "#batch #heads #query key"] | None = None,
) -> Float[Tensor, "batch heads query key"]:
    """Say how much each query attends to each key: softmax(Q K^T / sqrt(d_k)).

    A query row with no allowed key gets weights 0, with finite gradients. What stands in a key that is hidden from every query,
    NaN too, counts for nothing.

    Args:
        query: (batch, heads, query, d_k).
        key: (batch, heads, key, d_k).
        mask: Bool, True where attending is allowed; broadcasts to (batch, heads, query, key). None allows everything.

    Returns:
        The weights (batch, heads, query, key); each row that may attend to something sums to 1.

    Raises:
        TypeError: An argument is not a floating-point tensor, the dtypes differ, or the mask is not bool.
        ValueError: Shapes or devices do not fit together, or there is no key.

    Source:
        Vaswani et al. 2017, section 3.2.1, equation 1, but for V.

    Example:
        >>> import torch
        >>> attention_weights(torch.zeros(1, 1, 2, 4), torch.zeros(1, 1, 3, 4))[0, 0, 0]
        tensor([0.3333, 0.3333, 0.3333])
    """
    _check_arguments({"query": query, "key": key}, mask)
    if mask is not None:
        key = key.masked_fill(~mask.any(-2).unsqueeze(-1), 0.0)
    # The query is divided before the product, not the scores after it: in float16 they could overflow in between.
    scores = query / math.sqrt(query.shape[-1]) @ key.transpose(-2, -1)  # (batch, heads, query, key)
    if mask is None:
        return scores.softmax(dim=-1)
    # An empty row is opened before the softmax, which cannot normalise nothing, and zeroed after it.
    empty = ~mask.any(-1, keepdim=True)  # (batch or 1, heads or 1, query or 1, 1)
    weights = scores.masked_fill(~(mask | empty), -math.inf).softmax(dim=-1)
    return weights.masked_fill(empty, 0.0) if known(empty.any(), True) else weights


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
    finite reaches only the rows that may attend to it: those become NaN, all others are as if it were not there. What stands in a
    key that is hidden from every query counts for nothing, however large. Without a mask every row attends to every key, and gets
    what the formula makes of it.

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
    _check_arguments({"query": query, "key": key, "value": value}, mask)
    check_probability("dropout", dropout)
    careful = needs_care(key, value, mask)
    return attend(query, key, value, mask, dropout if training else 0.0, need_weights=need_weights, careful=careful)


def needs_care(key: Tensor, value: Tensor, mask: Tensor | None) -> bool:
    """Tell whether a mask hides what must be taken out before any product, or leaves a row empty.

    Care changes nothing where all is small and no row is empty, and costs a tenth of a training step. A norm or a sum that
    overflows asks for care, no more: with keys so large a product could overflow too. On another device the processor would have
    to wait for the answer, so there the answer is yes.
    """
    if mask is None:
        return False
    return key.device.type != "cpu" or not known(
        (torch.linalg.vector_norm(key) + value.sum()).isfinite() & mask.any(-1).all(), False
    )


def attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None,
    probability: float,
    *,
    need_weights: bool,
    careful: bool,
) -> tuple[Tensor, Tensor | None]:
    """Average the values, of arguments that fit together.

    Args:
        query: (batch, heads, query, d_k).
        key: (batch, heads, key, d_k).
        value: (batch, heads, key, d_v).
        mask: Bool, broadcasts to (batch, heads, query, key), or None.
        probability: Probability with which a weight is zeroed.
        need_weights: Return the weights too.
        careful: What ``needs_care`` said of key, value and mask.

    Returns:
        What ``scaled_dot_product_attention`` returns.
    """
    if mask is None or not careful:
        return _average(query, key, value, mask, probability, need_weights)

    # 0 * NaN is NaN, so a hidden key that is not finite must be taken out before any product, not weighted by zero. So must one
    # that is finite and huge: its product may not be.
    finite = key.isfinite().all(-1) & value.isfinite().all(-1)  # (batch, heads, key)
    key = key.masked_fill((~finite | ~mask.any(-2)).unsqueeze(-1), 0.0)
    value = value.masked_fill(~finite.unsqueeze(-1), 0.0)
    spoiled = (mask & ~finite.unsqueeze(-2)).any(-1, keepdim=True)  # (batch, heads, query, 1)
    empty = ~mask.any(-1, keepdim=True)  # (batch or 1, heads or 1, query or 1, 1)

    output, weights = _average(query, key, value, mask | empty, probability, need_weights)
    output = output.masked_fill(empty, 0.0).masked_fill(spoiled, math.nan)
    if weights is not None:
        weights = weights.masked_fill(empty, 0.0).masked_fill(spoiled, math.nan)
    return output, weights


def _average(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, probability: float, need_weights: bool
) -> tuple[Tensor, Tensor | None]:
    # On a CPU torch's function has no fused kernel that drops weights; the formula with our dropout is faster there.
    if not need_weights and (probability == 0.0 or query.device.type != "cpu"):
        return F.scaled_dot_product_attention(query, key, value, attn_mask=mask, dropout_p=probability), None
    weights = attention_weights(query, key, mask)
    return drop(weights, probability) @ value, weights if need_weights else None


def _check_arguments(tensors: dict[str, Tensor], mask: Tensor | None) -> None:
    for name, x in tensors.items():
        check_tensor(name, x, AXES[name])
    query, key, value = tensors["query"], tensors["key"], tensors.get("value", tensors["key"])
    given, names = tensors.values(), _listed(tensors)
    if not (query.dtype == key.dtype == value.dtype and query.is_floating_point()):
        raise TypeError(f"{names} must share one floating-point dtype, got {_listed(x.dtype for x in given)}")
    if not query.device == key.device == value.device:
        raise ValueError(f"{names} must be on one device, got {_listed(x.device for x in given)}")
    if not query.shape[:2] == key.shape[:2] == value.shape[:2]:
        sizes = _listed(tuple(x.shape[:2]) for x in given)
        raise ValueError(f"{names} must have the same batch size and number of heads, got {sizes}")
    if query.shape[-1] != key.shape[-1]:
        raise ValueError(f"query and key must have the same d_k, got {query.shape[-1]} and {key.shape[-1]}")
    if query.shape[-1] == 0:
        raise ValueError("query and key must have a d_k of at least 1, got 0")
    if key.shape[2] != value.shape[2]:
        raise ValueError(f"key and value must have the same length, got {key.shape[2]} and {value.shape[2]}")
    if key.shape[2] == 0:
        raise ValueError("key must have at least one position, got length 0: there is nothing to attend to")
    if mask is not None:
        check_mask("mask", mask, query.shape[0], query.shape[1], query.shape[2], key.shape[2], query.device)


def _listed(values: Iterable[object]) -> str:
    *most, last = map(str, values)
    return f"{', '.join(most)} and {last}"
