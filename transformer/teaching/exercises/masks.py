"""Exercises of the page on masks: hide padding, hide the future too, and survive a row that hides everything."""

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from transformer.teaching.exercises.core import Exercise, Fact, Mistake


def key_mask(tokens: Tensor, pad_id: int) -> Tensor:
    """Return a bool mask (batch, 1, 1, length), True where the key is a real token."""
    return (tokens != pad_id)[:, None, None, :]


def _short(tokens: Tensor, pad_id: int) -> Tensor:
    return (tokens != pad_id).unsqueeze(1)


def _flat(tokens: Tensor, pad_id: int) -> Tensor:
    return tokens != pad_id


def _query_side(tokens: Tensor, pad_id: int) -> Tensor:
    return (tokens != pad_id)[:, None, :, None]


def _hiding(tokens: Tensor, pad_id: int) -> Tensor:
    return (tokens == pad_id)[:, None, None, :]


def _numbers(tokens: Tensor, pad_id: int) -> Tensor:
    return key_mask(tokens, pad_id).long()


TOKENS = (
    "torch.tensor([[4, 0]]), 0",
    "torch.tensor([[4, 5, 6], [7, 0, 0]]), 0",
    "torch.tensor([[0, 5, 3], [7, 3, 3]]), 3",
    "torch.tensor([[4, 5, 6, 7, 2], [4, 2, 0, 0, 0], [0, 0, 0, 0, 0]], dtype=torch.int32), 0",
)

KEY_MASK = Exercise(
    key_mask,
    inputs=TOKENS,
    mistakes=(
        Mistake(
            _short,
            "Read from the right this is (key, query, heads): the batch meets the heads. If both are equal, nothing raises and "
            "each head gets the mask of another item. Two dimensions of size 1 are needed, for heads and for queries.",
        ),
        Mistake(
            _flat, "Against (batch, heads, query, key), the batch would meet the queries. Put two dimensions of size 1 between."
        ),
        Mistake(
            _query_side,
            "This hides the rows of padded queries, and lets every real query read the padding. The length belongs last, to the "
            "keys.",
        ),
        Mistake(_hiding, "This is True where the padding is. Here, as in scaled_dot_product_attention, True keeps a key."),
        Mistake(_numbers, "A mask of numbers is another language: it would be added to the scores, and hide nothing."),
    ),
)


def decoder_mask(tokens: Tensor, pad_id: int) -> Tensor:
    """Return a bool mask (batch, 1, length, length), True where a query may attend: it hides the padding and the future."""
    length = tokens.shape[1]
    real = (tokens != pad_id)[:, None, None, :]
    return real & torch.ones(length, length, dtype=torch.bool).tril()


def _either(tokens: Tensor, pad_id: int) -> Tensor:
    return key_mask(tokens, pad_id) | _past(tokens, pad_id)


def _past(tokens: Tensor, pad_id: int) -> Tensor:  # noqa: ARG001 - the mistake is to leave it out
    length = tokens.shape[1]
    return torch.ones(1, 1, length, length, dtype=torch.bool).tril()


def _future(tokens: Tensor, pad_id: int) -> Tensor:
    return key_mask(tokens, pad_id) & _past(tokens, pad_id).mT


def _not_itself(tokens: Tensor, pad_id: int) -> Tensor:
    return key_mask(tokens, pad_id) & _past(tokens, pad_id).tril(-1)


def _both_sides(tokens: Tensor, pad_id: int) -> Tensor:
    return decoder_mask(tokens, pad_id) & _query_side(tokens, pad_id)


DECODER_MASK = Exercise(
    decoder_mask,
    inputs=TOKENS,
    mistakes=(
        Mistake(_either, "| lets a key through if one mask allows it. It must be allowed by both: &."),
        Mistake(_past, "This hides the future, but not the padding, and so it has no batch."),
        Mistake(_future, "This shows the future and hides the past: the query is the row, so the lower triangle stays, tril."),
        Mistake(_not_itself, "The diagonal stays too: a position may attend to itself, and the first one to nothing else."),
        Mistake(
            _both_sides,
            "Padded queries are hidden as well. That changes no real row, and leaves rows with no key, which a plain softmax "
            "turns into NaN.",
        ),
    ),
)


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Return the weights of the allowed keys; a row that may attend to nothing gets weights 0 and a finite gradient."""
    empty = ~mask.any(-1, keepdim=True)
    weights = scores.masked_fill(~mask & ~empty, -math.inf).softmax(-1)
    return weights.masked_fill(empty, 0.0)


def _filled(scores: Tensor, mask: Tensor) -> Tensor:
    return scores.masked_fill(~mask, -math.inf).softmax(-1)


def _large_number(scores: Tensor, mask: Tensor) -> Tensor:
    return scores.masked_fill(~mask, -1e9).softmax(-1)


def _zeros(scores: Tensor, mask: Tensor) -> Tensor:
    return scores.masked_fill(~mask, 0.0).softmax(-1)


def _afterwards(scores: Tensor, mask: Tensor) -> Tensor:
    return scores.softmax(-1) * mask


def _nan_replaced(scores: Tensor, mask: Tensor) -> Tensor:
    added = torch.zeros_like(scores).masked_fill(~mask, -math.inf)
    return (scores + added).softmax(-1).nan_to_num()


def _other_way(scores: Tensor, mask: Tensor) -> Tensor:
    return masked_softmax(scores, ~mask)


def _weights_and_gradient(weights: object, arguments: Sequence[object]) -> Iterator[Fact]:
    scores = arguments[0]
    assert isinstance(weights, Tensor)
    assert isinstance(scores, Tensor)
    yield "", weights
    yield "does a gradient reach the scores", "yes" if weights.requires_grad else "no"
    probe = torch.arange(1.0, weights.numel() + 1).view_as(weights).to(weights)
    yield "the gradient of the scores", torch.autograd.grad((weights * probe).sum(), scores)[0]


MASKED_SOFTMAX = Exercise(
    masked_softmax,
    inputs=(
        "torch.tensor([[1., 2.]], requires_grad=True), torch.tensor([[True, False]])",
        "torch.tensor([[1., 2.]], requires_grad=True), torch.tensor([[False, False]])",
        "torch.tensor([[1., 2., 4.]], dtype=torch.float16, requires_grad=True), torch.tensor([[True, True, False]])",
        "torch.tensor([[1., 2., 4.], [3., 0., 5.]], requires_grad=True), "
        "torch.tensor([[False, True, True], [False, False, False]])",
        "torch.arange(210.).sin().double().view(2, 3, 5, 7).requires_grad_(), "
        "(torch.arange(7) < torch.tensor([[4], [0]]))[:, None, None]",
    ),
    mistakes=(
        Mistake(
            _filled, "Where every key is hidden, all scores are -inf, and the softmax divides 0 by 0: NaN. Take such rows out."
        ),
        Mistake(
            _large_number,
            "Where every key is hidden, all scores are the same -1e9, and every hidden key gets an equal weight. "
            "float16 cannot hold -1e9 at all.",
        ),
        Mistake(
            _zeros, "A score of 0 is not a weight of 0: e to the 0 is 1, so the hidden key still gets a share. Fill with -inf."
        ),
        Mistake(
            _afterwards, "After the softmax the hidden keys have taken their share, and the rest of the row does not sum to 1."
        ),
        Mistake(
            _nan_replaced,
            "The weights are right, but the NaN is still in the gradient: backward multiplies by it. It must not arise at all: "
            "do not fill the rows that allow nothing.",
        ),
        Mistake(_other_way, "The mask is read the other way round. True keeps a key, so what is filled is ~mask."),
    ),
    returns=Tensor,
    facts=_weights_and_gradient,
)
