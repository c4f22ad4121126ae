"""The loss on examples from which nothing is learned."""

from collections.abc import Sequence

import torch
from torch import nn

from transformer.training.batches import Example
from transformer.training.learner import Learner


@torch.no_grad()
def measure_loss(model: nn.Module, examples: Sequence[Example], learner: Learner, *, batch_size: int) -> float:
    """Measure the mean loss per token, without dropout or label smoothing. No random number is drawn.

    Args:
        model: The model; it is in training mode afterwards if it was before.
        examples: What the learner takes.
        learner: What makes a loss of them.
        batch_size: Examples at once.

    Returns:
        Nats per predicted token.
    """
    training, device = model.training, next(model.parameters()).device
    model.eval()
    losses, tokens = [], 0
    for first in range(0, len(examples), batch_size):
        some = examples[first : first + batch_size]
        count = sum(map(learner.count, some))
        losses.append(count * learner.loss(model, some, device=device))
        tokens += count
    model.train(training)
    return float(torch.stack(losses).sum()) / tokens
