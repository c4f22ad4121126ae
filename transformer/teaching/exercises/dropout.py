"""Exercises of the page on dropout: what it does to the weights, and when."""

import math
from collections.abc import Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from transformer.teaching.exercises.core import Exercise, Fact, Mistake


def drop_weights(scores: Tensor, keep: Tensor, p: float) -> Tensor:
    """Return the weights that training uses, if dropout with probability ``p`` keeps the keys where ``keep`` is True."""
    return scores.softmax(-1) * keep / (1 - p)


def _scores_zeroed(scores: Tensor, keep: Tensor, p: float) -> Tensor:
    return (scores * keep / (1 - p)).softmax(-1)


def _not_scaled(scores: Tensor, keep: Tensor, p: float) -> Tensor:  # noqa: ARG001 - the mistake is to leave it out
    return scores.softmax(-1) * keep


def _scaled_by_p(scores: Tensor, keep: Tensor, p: float) -> Tensor:
    return scores.softmax(-1) * keep / p


def _renormalised(scores: Tensor, keep: Tensor, p: float) -> Tensor:  # noqa: ARG001 - the mistake is to leave it out
    return scores.masked_fill(~keep, -math.inf).softmax(-1)


def _dropped_kept(scores: Tensor, keep: Tensor, p: float) -> Tensor:
    return scores.softmax(-1) * ~keep / (1 - p)


DROP_WEIGHTS = Exercise(
    drop_weights,
    inputs=(
        "torch.tensor([0., 0.]), torch.tensor([True, False]), 0.75",
        "torch.tensor([[2., 1., -1.]]), torch.tensor([[True, False, True]]), 0.25",
        "torch.tensor([[2., 1., -1.]]), torch.tensor([[False, False, False]]), 0.5",
        "torch.tensor([[2., 1., -1.]]).double(), torch.tensor([[True, True, True]]), 0.2",
        "torch.arange(210.).sin().view(2, 3, 5, 7), torch.arange(210).view(2, 3, 5, 7) % 3 > 0, 0.3",
    ),
    mistakes=(
        Mistake(
            _scores_zeroed,
            "A dropped score of 0 still gets a weight, since e to the 0 is 1, and the factor 1 / (1 - p) makes the softmax "
            "sharper. Drop after the softmax.",
        ),
        Mistake(_not_scaled, "What is kept must be multiplied by 1 / (1 - p), so that on average a row still sums to 1."),
        Mistake(_scaled_by_p, "p is the probability to drop. What is kept is divided by the probability to keep, 1 - p."),
        Mistake(
            _renormalised,
            "This sets dropped scores to -inf, so every row sums to 1 again. It is DropKey, another method, and its average is "
            "not the weight of eval mode.",
        ),
        Mistake(_dropped_kept, "keep is True where a weight stays."),
    ),
)


def dropped_attention(query: Tensor, key: Tensor, value: Tensor, p: float, training: bool) -> Tensor:
    """Return the output of attention whose weights are dropped with probability ``p`` in training."""
    return F.dropout(_weights(query, key), p, training) @ value


def _weights(query: Tensor, key: Tensor) -> Tensor:
    return (query @ key.mT / math.sqrt(query.shape[-1])).softmax(-1)


def _always(query: Tensor, key: Tensor, value: Tensor, p: float, training: bool) -> Tensor:  # noqa: ARG001 - the mistake
    return F.dropout(_weights(query, key), p) @ value


def _fused_always(query: Tensor, key: Tensor, value: Tensor, p: float, training: bool) -> Tensor:  # noqa: ARG001 - the mistake
    return F.scaled_dot_product_attention(query, key, value, dropout_p=p)


def _never(query: Tensor, key: Tensor, value: Tensor, p: float, training: bool) -> Tensor:  # noqa: ARG001 - the mistake
    return _weights(query, key) @ value


def _before_softmax(query: Tensor, key: Tensor, value: Tensor, p: float, training: bool) -> Tensor:
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    return F.dropout(scores, p, training).softmax(-1) @ value


def _of_the_output(query: Tensor, key: Tensor, value: Tensor, p: float, training: bool) -> Tensor:
    return F.dropout(_weights(query, key) @ value, p, training)


def _unscaled(query: Tensor, key: Tensor, value: Tensor, p: float, training: bool) -> Tensor:
    weights = _weights(query, key)
    return (weights * (torch.rand_like(weights) >= p) if training else weights) @ value


def _keeping_p(query: Tensor, key: Tensor, value: Tensor, p: float, training: bool) -> Tensor:
    return F.dropout(_weights(query, key), 1 - p, training) @ value


def _what_dropout_did(output: object, arguments: Sequence[object]) -> Iterator[Fact]:
    """Tell what dropout did to the weights. The values hold the identity twice, so the output shows each weight twice."""
    query, key, value, p, _ = arguments
    assert isinstance(output, Tensor)
    assert isinstance(query, Tensor)
    assert isinstance(key, Tensor)
    assert isinstance(value, Tensor)
    assert isinstance(p, float)
    weights = _weights(query, key)
    yield "the shape", tuple(output.shape)
    one, other = output.chunk(2, -1)
    factors = one / weights
    found = sorted({f"{factor:.2f}" for factor in factors.flatten().tolist()})
    yield "each weight is multiplied by", " or ".join(found) if len(found) < 3 else "many different numbers"
    yield "is a key dropped for all of its value vector", "yes" if torch.equal(one, other) else "no"
    share = (one == 0).double().mean().item()
    # Hoeffding: a fair draw is further off for one seed in a thousand million.
    near = math.sqrt(math.log(2e9) / (2 * one.numel()))
    yield "the share of weights that are dropped", "about p" if abs(share - p) < near and share > 0 else f"{share:.2f}"


KEY = "torch.arange(14.).cos().view(1, 1, 7, 2)"
DROPS_IN_EVAL = "A function cannot know the mode: F.dropout and dropout_p act unless they are told not to. Pass training on."
IDENTITY_TWICE = "torch.eye(7).repeat(1, 1, 1, 2)"

DROPPED_ATTENTION = Exercise(
    dropped_attention,
    inputs=(
        f"torch.ones(1, 1, 5, 2), {KEY}, {IDENTITY_TWICE}, 0.25, False",
        f"torch.ones(1, 1, 5, 2), {KEY}, {IDENTITY_TWICE}, 0.0, True",
        f"torch.ones(1, 1, 53, 2), {KEY}, {IDENTITY_TWICE}, 0.25, True",
        "torch.arange(636.).sin().view(2, 3, 53, 2), torch.arange(84.).cos().view(2, 3, 7, 2), "
        "torch.eye(7).repeat(2, 3, 1, 2), 0.2, True",
    ),
    mistakes=(
        Mistake(_always, DROPS_IN_EVAL),
        Mistake(_fused_always, DROPS_IN_EVAL),
        Mistake(_never, "Nothing is dropped in training."),
        Mistake(_before_softmax, "This drops scores. A score of 0 still gets a weight; drop what comes out of the softmax."),
        Mistake(
            _of_the_output,
            "This drops parts of the output. A dropped weight takes one key out of the average, in every component.",
        ),
        Mistake(_unscaled, "What is kept must be multiplied by 1 / (1 - p)."),
        Mistake(_keeping_p, "p is the probability to drop, not the probability to keep."),
    ),
    returns=Tensor,
    facts=_what_dropout_did,
)
