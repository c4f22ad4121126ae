"""The training loss: how far the scores are from the next token, padding left out."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from transformer.checks import check_id, check_ids, check_probability, check_tensor, known


def sequence_loss(
    logits: Float[Tensor, "batch target vocab"],
    target: Int[Tensor, "batch target"],
    *,
    pad_id: int,
    label_smoothing: float = 0.0,
) -> Float[Tensor, ""]:
    """Average the cross-entropy over every target token that is not padding.

    Args:
        logits: Scores of shape (batch, target length, vocab).
        target: The right token at each position, (batch, target length).
        pad_id: Positions with this id count for nothing.
        label_smoothing: Share of the probability that is spread over the whole vocabulary, in [0, 1).

    Returns:
        A scalar, in nats per token, of dtype float32 or wider.

    Raises:
        TypeError: An argument has the wrong type or dtype.
        ValueError: Shapes do not fit together, an id is outside the vocabulary, or every target is padding.

    Source:
        Vaswani et al. 2017, section 5.4, for label smoothing.

    Example:
        >>> import torch
        >>> sequence_loss(torch.zeros(1, 2, 8), torch.tensor([[3, 0]]), pad_id=0)
        tensor(2.0794)
    """
    scores = check_tensor("logits", logits, "batch, target, vocab")
    if not scores.is_floating_point():
        raise TypeError(f"logits must have a floating-point dtype, got {scores.dtype}")
    check_ids("target", target, scores.shape[-1], scores)
    if target.shape != scores.shape[:2]:
        raise ValueError(f"target must have the logits' shape {tuple(scores.shape[:2])}, got {tuple(target.shape)}")
    check_id("pad_id", pad_id, scores.shape[-1])
    check_probability("label_smoothing", label_smoothing)
    if not known((target != pad_id).any(), True):
        raise ValueError(f"target holds nothing but padding (pad_id = {pad_id}): there is no token to average over")
    scores = scores.to(torch.promote_types(scores.dtype, torch.float32))  # a sum of half-precision numbers loses the small ones
    return F.cross_entropy(scores.flatten(0, 1), target.flatten().long(), ignore_index=pad_id, label_smoothing=label_smoothing)
