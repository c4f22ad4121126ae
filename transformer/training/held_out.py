"""The loss on examples from which nothing is learned."""

from collections.abc import Sequence

import torch

from transformer.loss import sequence_loss
from transformer.model import Transformer
from transformer.training.batches import Example, pad_examples


@torch.no_grad()
def measure_loss(
    model: Transformer, examples: Sequence[Example], *, pad_id: int, start_id: int, end_id: int, batch_size: int
) -> float:
    """Measure the mean loss per token, without dropout or label smoothing. No random number is drawn.

    Args:
        model: The model; it is in training mode afterwards if it was before.
        examples: Pairs of source ids and target ids.
        pad_id: The id that fills a batch, of which no loss is counted.
        start_id: The id that begins every target.
        end_id: The id that ends every target.
        batch_size: Examples at once.

    Returns:
        Nats per token, the end token with them.
    """
    training, device = model.training, next(model.parameters()).device
    model.eval()
    losses, tokens = [], 0
    for first in range(0, len(examples), batch_size):
        some = examples[first : first + batch_size]
        source, target = pad_examples(some, pad_id=pad_id, start_id=start_id, end_id=end_id, device=device)
        count = int((target[:, 1:] != pad_id).sum())
        losses.append(count * sequence_loss(model(source, target[:, :-1]), target[:, 1:], pad_id=pad_id))
        tokens += count
    model.train(training)
    return float(torch.stack(losses).sum()) / tokens
