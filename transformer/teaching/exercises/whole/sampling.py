"""A whole task of sampling: top-p."""

import torch
from torch import Tensor

from transformer.teaching.exercises.core import Exercise, Mistake


def top_p(scores: Tensor, p: float) -> Tensor:
    """Return the probabilities (batch, vocabulary) from which a token is drawn.

    Of the softmax of ``scores`` (batch, vocabulary), each row keeps the fewest tokens that have a probability of ``p`` together.
    The others get 0, and a row sums to 1 again.
    """
    shares, order = scores.softmax(-1).sort(descending=True)
    before = shares.cumsum(-1) - shares
    shares = shares.masked_fill(before >= p, 0)
    kept = torch.zeros_like(scores).scatter(-1, order, shares)
    return kept / kept.sum(-1, keepdim=True)


def _kept(scores: Tensor, spare: Tensor, order: Tensor) -> Tensor:
    """Return the probabilities without the tokens that are spare, told in the order of ``order``."""
    shares = scores.softmax(-1).masked_fill(spare.scatter(-1, order, spare), 0)
    return shares / shares.sum(-1, keepdim=True)


def _stops_before_p(scores: Tensor, p: float) -> Tensor:
    shares, order = scores.softmax(-1).sort(descending=True)
    return _kept(scores, shares.cumsum(-1) > p, order)


def _one_at_least(scores: Tensor, p: float) -> Tensor:
    shares, order = scores.softmax(-1).sort(descending=True)
    spare = shares.cumsum(-1) > p
    spare[:, 0] = False
    return _kept(scores, spare, order)


def _not_sorted(scores: Tensor, p: float) -> Tensor:
    shares = scores.softmax(-1)
    kept = shares.masked_fill(shares.cumsum(-1) - shares >= p, 0)
    return kept / kept.sum(-1, keepdim=True)


def _left_sorted(scores: Tensor, p: float) -> Tensor:
    shares = scores.softmax(-1).sort(descending=True).values
    kept = shares.masked_fill(shares.cumsum(-1) - shares >= p, 0)
    return kept / kept.sum(-1, keepdim=True)


def _cut_by_place(scores: Tensor, p: float) -> Tensor:
    shares = scores.softmax(-1).sort(descending=True).values
    kept = scores.softmax(-1).masked_fill(shares.cumsum(-1) - shares >= p, 0)
    return kept / kept.sum(-1, keepdim=True)


def _not_normalised(scores: Tensor, p: float) -> Tensor:
    shares, order = scores.softmax(-1).sort(descending=True)
    spare = shares.cumsum(-1) - shares >= p
    return scores.softmax(-1).masked_fill(spare.scatter(-1, order, spare), 0)


def _softmax_of_what_is_left(scores: Tensor, p: float) -> Tensor:
    shares, order = scores.softmax(-1).sort(descending=True)
    spare = shares.cumsum(-1) - shares >= p
    return scores.masked_fill(spare.scatter(-1, order, spare), 0).softmax(-1)


def _from_the_smallest(scores: Tensor, p: float) -> Tensor:
    shares, order = scores.softmax(-1).sort()
    return _kept(scores, shares.cumsum(-1) - shares >= p, order)


def _likely_enough(scores: Tensor, p: float) -> Tensor:
    shares = scores.softmax(-1)
    kept = shares.masked_fill(shares < (1 - p) * shares.amax(-1, keepdim=True), 0)
    return kept / kept.sum(-1, keepdim=True)


def _as_many_in_each_row(scores: Tensor, p: float) -> Tensor:
    shares, order = scores.softmax(-1).sort(descending=True)
    spare = (shares.cumsum(-1) - shares >= p)[:1].expand_as(shares)
    return _kept(scores, spare, order)


TOP_P = Exercise(
    top_p,
    inputs=(
        "torch.tensor([[5., 3., 1.]]).log(), 0.75",
        "torch.tensor([[5., 3., 1.]]).log(), 0.25",
        "torch.tensor([[1., 4., 3.]]).log(), 0.6",
        "torch.tensor([[-900., 2., 900.]]), 0.9",
        "torch.tensor([[1., 4., 3.], [6., 1., 1.]]).log(), 0.7",
        "3 * torch.arange(33.).sin().view(3, 11), 0.9",
    ),
    mistakes=(
        Mistake(
            _stops_before_p,
            "The token with which the sum crosses p is kept: what counts is the sum of those before it, below p. Else the first "
            "token may be cut off too.",
        ),
        Mistake(_one_at_least, "The token with which the sum crosses p is kept in each row, not just in an empty row."),
        Mistake(_not_sorted, "The sum goes from the most likely token down: sort first."),
        Mistake(_left_sorted, "The probabilities are left in sorted order. Put each back to its token, with scatter."),
        Mistake(_cut_by_place, "What is spare is told by places in the sorted row. scatter takes it back to the tokens."),
        Mistake(_not_normalised, "A row sums to 1 again: divide by the sum of what is kept."),
        Mistake(_softmax_of_what_is_left, "A score of 0 is a score like another. What is cut off has a score of minus infinity."),
        Mistake(_from_the_smallest, "Sort with descending=True: the most likely token is the first that is kept."),
        Mistake(_likely_enough, "That compares each token with the best one (min-p). Top-p compares a running sum with p."),
        Mistake(_as_many_in_each_row, "Each row has its own number of tokens."),
    ),
)
