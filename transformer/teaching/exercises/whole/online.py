"""Whole task: attention whose keys and values come in blocks, each of which can be read once."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor

from transformer.teaching.exercises.core import Exercise, Mistake

Blocks = Iterable[tuple[Tensor, Tensor]]


def online_attention(query: Tensor, blocks: Blocks) -> Tensor:
    """Return attention of ``query`` (queries, d_k) to the keys of all blocks.

    Each block is a pair of keys (block, d_k) and values (block, d_v). The blocks can be gone through once.
    """
    top = query.new_full((len(query), 1), -math.inf)
    total = out = torch.zeros_like(top)
    for key, value in blocks:
        scores = query @ key.T / math.sqrt(query.shape[-1])  # (queries, block)
        new = torch.maximum(top, scores.amax(-1, keepdim=True))
        weights, shrink = (scores - new).exp(), (top - new).exp()
        total = total * shrink + weights.sum(-1, keepdim=True)
        out = out * shrink + weights @ value
        top = new
    return out / total


def _each_by_itself(query: Tensor, blocks: Blocks) -> list[tuple[Tensor, Tensor]]:
    """Return the output of each block and the logarithm of its sum."""
    found = []
    for key, value in blocks:
        scores = query @ key.T / math.sqrt(query.shape[-1])
        found.append((scores.softmax(-1) @ value, scores.logsumexp(-1, keepdim=True)))
    return found


def _merged(outputs: Iterable[Tensor], shares: Tensor) -> Tensor:
    return (torch.stack(list(outputs)) * shares).sum(0)


def _nothing_shrinks(query: Tensor, blocks: Blocks) -> Tensor:
    top, total, out = query.new_full((len(query), 1), -math.inf), query.new_zeros(1), query.new_zeros(1)
    for key, value in blocks:
        scores = query @ key.T / math.sqrt(query.shape[-1])
        top = torch.maximum(top, scores.amax(-1, keepdim=True))
        weights = (scores - top).exp()
        total, out = total + weights.sum(-1, keepdim=True), out + weights @ value
    return out / total


def _output_stays(query: Tensor, blocks: Blocks) -> Tensor:
    top, total, out = query.new_full((len(query), 1), -math.inf), query.new_zeros(1), query.new_zeros(1)
    for key, value in blocks:
        scores = query @ key.T / math.sqrt(query.shape[-1])
        new = torch.maximum(top, scores.amax(-1, keepdim=True))
        weights = (scores - new).exp()
        total, out = total * (top - new).exp() + weights.sum(-1, keepdim=True), out + weights @ value
        top = new
    return out / total


def _mean_of_outputs(query: Tensor, blocks: Blocks) -> Tensor:
    return torch.stack([output for output, _ in _each_by_itself(query, blocks)]).mean(0)


def _log_sums_as_shares(query: Tensor, blocks: Blocks) -> Tensor:
    outputs, log_sums = zip(*_each_by_itself(query, blocks), strict=True)
    stacked = torch.stack(log_sums)
    return _merged(outputs, stacked / stacked.sum(0))


def _no_maximum(query: Tensor, blocks: Blocks) -> Tensor:
    total, out = query.new_zeros(1), query.new_zeros(1)
    for key, value in blocks:
        weights = (query @ key.T / math.sqrt(query.shape[-1])).exp()
        total, out = total + weights.sum(-1, keepdim=True), out + weights @ value
    return out / total


def _one_maximum_for_all(query: Tensor, blocks: Blocks) -> Tensor:
    top, total, out = query.new_full((1, 1), -math.inf), query.new_zeros(1), query.new_zeros(1)
    for key, value in blocks:
        scores = query @ key.T / math.sqrt(query.shape[-1])
        new = torch.maximum(top, scores.max())
        weights, shrink = (scores - new).exp(), (top - new).exp()
        total, out = total * shrink + weights.sum(-1, keepdim=True), out * shrink + weights @ value
        top = new
    return out / total


def _divided_in_each_block(query: Tensor, blocks: Blocks) -> Tensor:
    top, total, out = query.new_full((len(query), 1), -math.inf), query.new_zeros(1), query.new_zeros(1)
    for key, value in blocks:
        scores = query @ key.T / math.sqrt(query.shape[-1])
        new = torch.maximum(top, scores.amax(-1, keepdim=True))
        weights, shrink = (scores - new).exp(), (top - new).exp()
        total = total * shrink + weights.sum(-1, keepdim=True)
        out = (out * shrink + weights @ value) / total
        top = new
    return out


def _not_scaled(query: Tensor, blocks: Blocks) -> Tensor:
    return online_attention(query * math.sqrt(query.shape[-1]), blocks)


def _twice_through(query: Tensor, blocks: Blocks) -> Tensor:
    scale = math.sqrt(query.shape[-1])
    top = torch.stack([(query @ key.T / scale).amax(-1, keepdim=True) for key, _ in blocks]).amax(0)
    total, out = query.new_zeros(1), query.new_zeros(1)
    for key, value in blocks:
        weights = (query @ key.T / scale - top).exp()
        total, out = total + weights.sum(-1, keepdim=True), out + weights @ value
    return out / total


RISING = "(torch.tensor([[0.], [0.]]), torch.eye(2)), (torch.tensor([[2.]]), torch.tensor([[1., 3.]]))"
MANY = "torch.arange(20.).sin().view(5, 4)"
KEYS = "torch.arange(44.).cos().view(11, 4)"
VALUES = "torch.arange(33.).sin().view(11, 3)"

ONLINE_ATTENTION = Exercise(
    online_attention,
    inputs=(
        "torch.tensor([[1.]]), iter([(torch.tensor([[0.], [2.]]), torch.tensor([[1.], [5.]]))])",
        f"torch.tensor([[1.]]), iter([{RISING}])",
        "torch.tensor([[1.], [-1.]]), iter([(torch.tensor([[2000.]]), torch.tensor([[1.]])), "
        "(torch.tensor([[1998.]]), torch.tensor([[5.]]))])",
        "torch.tensor([[1., 0.], [900., 0.]]), iter([(torch.tensor([[1., 3.]]), torch.tensor([[2.]])), "
        "(torch.tensor([[-1., 1.]]), torch.tensor([[7.]]))])",
        f"3 * {MANY}, zip({KEYS}.split([4, 1, 6]), {VALUES}.split([4, 1, 6]))",
    ),
    mistakes=(
        Mistake(
            _nothing_shrinks,
            "What was summed is relative to the old largest score. When a larger one comes, multiply the sum and the output by "
            "exp(old - new).",
        ),
        Mistake(_output_stays, "The output so far shrinks by the same factor as the sum."),
        Mistake(
            _mean_of_outputs,
            "A block counts by its sum of exp(score): the softmax goes over the keys of all blocks, not over those of each.",
        ),
        Mistake(_log_sums_as_shares, "The shares of the blocks are their sums, not the logarithms of them: a softmax of those."),
        Mistake(_no_maximum, "exp(89) is too large for float32. Subtract the largest score so far before exp."),
        Mistake(
            _one_maximum_for_all,
            "Each query has a largest score of its own. Under one for all, a query with small scores is left with 0 / 0.",
        ),
        Mistake(_divided_in_each_block, "Divide once, after the last block: until then, the output is a sum."),
        Mistake(_not_scaled, "The scores are divided by the root of d_k, the last dimension of the query."),
        Mistake(_twice_through, "The blocks can be gone through once: keep the largest score, sum and output on the way."),
    ),
)
