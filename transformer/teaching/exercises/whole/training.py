"""Whole tasks of training: dropout, and the loss with label smoothing over a padded batch."""

import math
from collections.abc import Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from transformer.teaching.exercises.core import Exercise, Fact, Mistake


def dropout(x: Tensor, p: float, training: bool) -> Tensor:
    """Return ``x`` with each element zeroed with probability ``p`` in training, so that the mean stays what it was."""
    if not training or p == 0:
        return x
    keep = torch.rand_like(x) >= p
    return x * keep / (1 - p)


def _always(x: Tensor, p: float, training: bool) -> Tensor:  # noqa: ARG001 - the mistake is to leave it out
    return x * (torch.rand_like(x) >= p) / (1 - p)


def _not_scaled(x: Tensor, p: float, training: bool) -> Tensor:
    return x * (torch.rand_like(x) >= p) if training else x


def _scaled_in_eval(x: Tensor, p: float, training: bool) -> Tensor:
    return x * (torch.rand_like(x) >= p) if training else x * (1 - p)


def _keeps_p(x: Tensor, p: float, training: bool) -> Tensor:
    return x * (torch.rand_like(x) < p) / p if training and p else x


def _whole_rows(x: Tensor, p: float, training: bool) -> Tensor:
    return x * (torch.rand_like(x[..., :1]) >= p) / (1 - p) if training else x


def _what_became_of_ones(output: object, arguments: Sequence[object]) -> Iterator[Fact]:
    x, p, training = arguments
    assert isinstance(output, Tensor)
    assert isinstance(x, Tensor)
    assert isinstance(p, float)
    yield "the shape", tuple(output.shape)
    yield "the dtype", output.dtype
    factors = sorted({f"{factor:.2f}" for factor in (output / x).flatten().tolist()})
    yield "each element is multiplied by", " or ".join(factors) if len(factors) < 3 else "many different numbers"
    rows = (output == 0).flatten(0, -2)
    if training and p:
        yield "do the elements of a row fall one by one", "yes" if (rows.any(-1) & ~rows.all(-1)).any() else "no"
    share = (output == 0).double().mean().item()
    near = math.sqrt(math.log(2e9) / (2 * output.numel()))  # Hoeffding: one seed in a thousand million
    wanted = p if training else 0.0
    yield "the share of zeros", "as asked" if abs(share - wanted) < near and (share > 0) == (wanted > 0) else f"{share:.2f}"


DROPOUT = Exercise(
    dropout,
    inputs=(
        "torch.ones(2, 3), 0.25, False",
        "torch.ones(2, 3), 0.0, True",
        "torch.ones(53, 37), 0.25, True",
        "torch.arange(1., 6001.).view(10, 20, 30).double(), 0.2, True",
    ),
    mistakes=(
        Mistake(_always, "In eval mode nothing is dropped: the function must look at training."),
        Mistake(_not_scaled, "What is kept is divided by 1 - p, so that the mean stays: then eval mode has nothing to mend."),
        Mistake(
            _scaled_in_eval,
            "This scales in eval mode, as the first paper did. Today what is kept is divided by 1 - p in training, and eval mode "
            "leaves x alone.",
        ),
        Mistake(_keeps_p, "p is the probability to drop."),
        Mistake(_whole_rows, "Each element has a draw of its own."),
    ),
    returns=Tensor,
    facts=_what_became_of_ones,
)


def smoothed_loss(logits: Tensor, target: Tensor, pad_id: int, smoothing: float) -> Tensor:
    """Return the mean cross-entropy per token that is no padding, with label smoothing.

    ``logits`` is (batch, length, vocabulary), ``target`` (batch, length). The smoothed target gives ``smoothing / vocabulary`` to
    each id, and the rest to the right one.
    """
    log_probabilities = logits.log_softmax(-1)
    right = log_probabilities.gather(-1, target[..., None]).squeeze(-1)
    losses = -(1 - smoothing) * right - smoothing * log_probabilities.mean(-1)
    real = target != pad_id
    return losses[real].mean()


def _padding_counts(logits: Tensor, target: Tensor, pad_id: int, smoothing: float) -> Tensor:  # noqa: ARG001 - the mistake
    return F.cross_entropy(logits.flatten(0, 1), target.flatten(), label_smoothing=smoothing)


def _divided_by_all(logits: Tensor, target: Tensor, pad_id: int, smoothing: float) -> Tensor:
    return smoothed_loss(logits, target, pad_id, smoothing) * (target != pad_id).sum() / target.numel()


def _mean_of_rows(logits: Tensor, target: Tensor, pad_id: int, smoothing: float) -> Tensor:
    rows = [smoothed_loss(one[None], ids[None], pad_id, smoothing) for one, ids in zip(logits, target, strict=True)]
    return torch.stack(rows).mean()


def _not_smoothed(logits: Tensor, target: Tensor, pad_id: int, smoothing: float) -> Tensor:  # noqa: ARG001 - the mistake
    return smoothed_loss(logits, target, pad_id, 0.0)


def _among_the_others(logits: Tensor, target: Tensor, pad_id: int, smoothing: float) -> Tensor:
    share = smoothing * logits.shape[-1] / (logits.shape[-1] - 1)
    return smoothed_loss(logits, target, pad_id, share)


def _sum_over_ids(logits: Tensor, target: Tensor, pad_id: int, smoothing: float) -> Tensor:
    log_probabilities = logits.log_softmax(-1)
    right = log_probabilities.gather(-1, target[..., None]).squeeze(-1)
    losses = -(1 - smoothing) * right - smoothing * log_probabilities.sum(-1)
    return losses[target != pad_id].mean()


def _twice_softmax(logits: Tensor, target: Tensor, pad_id: int, smoothing: float) -> Tensor:
    return smoothed_loss(logits.softmax(-1), target, pad_id, smoothing)


SMOOTHED_LOSS = Exercise(
    smoothed_loss,
    inputs=(
        "torch.tensor([[[2., 0., 0.]]]), torch.tensor([[0]]), 2, 0.0",
        "torch.tensor([[[2., 0., 1.]]]), torch.tensor([[2]]), 0, 0.3",
        "torch.tensor([[[2., 0., 1.], [9., 0., 0.]]]), torch.tensor([[2, 0]]), 0, 0.1",
        "torch.arange(36.).sin().view(2, 6, 3), torch.tensor([[1, 2, 1, 1, 0, 0], [2, 0, 0, 0, 0, 0]]), 0, 0.1",
        "torch.arange(77.).cos().view(1, 7, 11).double(), torch.tensor([[1, 2, 10, 7, 5, 5, 3]]), 3, 0.2",
    ),
    mistakes=(
        Mistake(_padding_counts, "Positions whose target is padding have no loss: leave them out of the sum and of the count."),
        Mistake(_divided_by_all, "Divide by the number of tokens that are no padding, not by batch * length."),
        Mistake(
            _mean_of_rows, "This is a mean of means: a token of a short row weighs more. Take the mean over all tokens at once."
        ),
        Mistake(_not_smoothed, "The smoothing is missing."),
        Mistake(_among_the_others, "The smoothing is shared out among all ids, the right one too: smoothing / vocabulary each."),
        Mistake(_sum_over_ids, "Each id gets smoothing / vocabulary, so the smoothed part is a mean over the ids, not a sum."),
        Mistake(_twice_softmax, "log_softmax takes logits. A softmax before it is one too many."),
    ),
)
