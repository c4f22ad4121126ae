"""Whole task: attention in which query heads share key heads, and which goes on from a cache."""

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from transformer.teaching.exercises.core import Exercise, Fact, Mistake

Pair = tuple[Tensor, Tensor]
Answer = tuple[Tensor, Pair]


def grouped_attention(query: Tensor, key: Tensor, value: Tensor, past: Pair | None) -> Answer:
    """Attend from the newest tokens of a text to all that has been read, and return what the next call needs.

    ``query`` is (batch, heads, new, d_k); ``key`` and ``value`` are (batch, kv_heads, new, d_k). Query head i reads key head
    i // (heads // kv_heads). ``past`` is a pair of the keys and values of the tokens before, or None. A token sees itself and
    what stands before it. Returns the output (batch, heads, new, d_k) and the pair for the next call.
    """
    if past is not None:
        key, value = torch.cat([past[0], key], 2), torch.cat([past[1], value], 2)
    group, new, length = query.shape[1] // key.shape[1], query.shape[2], key.shape[2]
    seen = torch.ones(new, length, dtype=torch.bool).tril(length - new)  # the newest token sees all
    keys, values = key.repeat_interleave(group, 1), value.repeat_interleave(group, 1)
    scores = query @ keys.mT / math.sqrt(query.shape[-1])  # (batch, heads, new, length)
    return scores.masked_fill(~seen, -math.inf).softmax(-1) @ values, (key, value)


def _joined(key: Tensor, value: Tensor, past: Pair | None) -> Pair:
    return (key, value) if past is None else (torch.cat([past[0], key], 2), torch.cat([past[1], value], 2))


def _seen(query: Tensor, key: Tensor) -> Tensor:
    new, length = query.shape[2], key.shape[2]
    return torch.ones(new, length, dtype=torch.bool).tril(length - new)


def _attend(query: Tensor, key: Tensor, value: Tensor, seen: Tensor) -> Tensor:
    scores = query @ key.mT / math.sqrt(query.shape[-1])  # (batch, heads, new, length)
    return scores.masked_fill(~seen, -math.inf).softmax(-1) @ value


def _tiled(query: Tensor, key: Tensor, value: Tensor, past: Pair | None) -> Answer:
    key, value = _joined(key, value, past)
    group = query.shape[1] // key.shape[1]
    repeats = 1, group, 1, 1
    return _attend(query, key.repeat(repeats), value.repeat(repeats), _seen(query, key)), (key, value)


def _no_mask(query: Tensor, key: Tensor, value: Tensor, past: Pair | None) -> Answer:
    key, value = _joined(key, value, past)
    group = query.shape[1] // key.shape[1]
    everything = torch.ones_like(_seen(query, key))
    return _attend(query, key.repeat_interleave(group, 1), value.repeat_interleave(group, 1), everything), (key, value)


def _top_left(query: Tensor, key: Tensor, value: Tensor, past: Pair | None) -> Answer:
    key, value = _joined(key, value, past)
    group = query.shape[1] // key.shape[1]
    corner = torch.ones_like(_seen(query, key)).tril()
    return _attend(query, key.repeat_interleave(group, 1), value.repeat_interleave(group, 1), corner), (key, value)


def _no_past(query: Tensor, key: Tensor, value: Tensor, past: Pair | None) -> Answer:
    output, _ = grouped_attention(query, key, value, None)
    return output, _joined(key, value, past)


def _past_behind(query: Tensor, key: Tensor, value: Tensor, past: Pair | None) -> Answer:
    output, kept = grouped_attention(query, key, value, past)
    return output, kept if past is None else (torch.cat([key, past[0]], 2), torch.cat([value, past[1]], 2))


def _keeps_the_newest(query: Tensor, key: Tensor, value: Tensor, past: Pair | None) -> Answer:
    output, _ = grouped_attention(query, key, value, past)
    return output, (key, value)


def _keeps_repeated(query: Tensor, key: Tensor, value: Tensor, past: Pair | None) -> Answer:
    output, (keys, values) = grouped_attention(query, key, value, past)
    group = query.shape[1] // key.shape[1]
    return output, (keys.repeat_interleave(group, 1), values.repeat_interleave(group, 1))


def _one_key_head(query: Tensor, key: Tensor, value: Tensor, past: Pair | None) -> Answer:
    key, value = _joined(key, value, past)
    return _attend(query, key[:, :1], value[:, :1], _seen(query, key)), (key, value)


def _not_scaled(query: Tensor, key: Tensor, value: Tensor, past: Pair | None) -> Answer:
    return grouped_attention(query * math.sqrt(query.shape[-1]), key, value, past)


def _output_and_kept(output: object, _: Sequence[object]) -> Iterator[Fact]:
    assert isinstance(output, tuple)
    attended, (keys, values) = output
    yield "the output", attended
    yield "the keys for the next call", keys
    yield "the values for the next call", values


GROUPED_ATTENTION = Exercise(
    grouped_attention,
    inputs=(
        "torch.ones(1, 1, 1, 1), torch.ones(1, 1, 1, 1), torch.ones(1, 1, 1, 1), None",
        "torch.ones(1, 1, 1, 1), torch.ones(1, 1, 1, 1), torch.ones(1, 1, 1, 1), "
        "(torch.zeros(1, 1, 1, 1), torch.full((1, 1, 1, 1), 5.))",
        "torch.ones(1, 2, 1, 1), torch.ones(1, 1, 1, 1), torch.ones(1, 1, 1, 1), "
        "(torch.zeros(1, 1, 1, 1), torch.full((1, 1, 1, 1), 5.))",
        "torch.ones(1, 1, 2, 1), torch.tensor([[[[1.], [2.]]]]), torch.tensor([[[[1.], [3.]]]]), None",
        "torch.ones(1, 1, 2, 1), torch.tensor([[[[1.], [2.]]]]), torch.tensor([[[[1.], [3.]]]]), "
        "(torch.tensor([[[[3.]]]]), torch.tensor([[[[7.]]]]))",
        "torch.ones(1, 4, 1, 1), torch.tensor([[[[1.]], [[2.]]]]), torch.tensor([[[[3.]], [[4.]]]]), None",
        "torch.ones(1, 1, 1, 4), torch.ones(1, 1, 1, 4), torch.ones(1, 1, 1, 4), "
        "(torch.zeros(1, 1, 1, 4), torch.zeros(1, 1, 1, 4))",
        "torch.arange(60.).sin().view(2, 6, 1, 5), torch.arange(20.).cos().view(2, 2, 1, 5), "
        "torch.arange(20.).sin().view(2, 2, 1, 5), "
        "(torch.arange(80.).sin().view(2, 2, 4, 5), torch.arange(80.).cos().view(2, 2, 4, 5))",
        "torch.arange(180.).sin().view(2, 6, 3, 5), torch.arange(60.).cos().view(2, 2, 3, 5), "
        "torch.arange(60.).sin().view(2, 2, 3, 5), "
        "(torch.arange(80.).sin().view(2, 2, 4, 5), torch.arange(80.).cos().view(2, 2, 4, 5))",
    ),
    mistakes=(
        Mistake(
            _tiled,
            "repeat orders the heads 0, 1, 0, 1. A group is neighbours, 0, 0, 1, 1: repeat_interleave. With one key head nobody "
            "sees the difference.",
        ),
        Mistake(
            _no_mask, "A single new token needs no mask. Several do: each may see the past and itself, not the tokens after it."
        ),
        Mistake(
            _top_left,
            "The triangle is counted from the bottom right: the last new token sees all keys, the first one the past and itself.",
        ),
        Mistake(
            _no_past, "The new tokens attend to the older ones too: join the keys and values of past in front, before the scores."
        ),
        Mistake(
            _past_behind, "What is older stands in front: [past, new]. The next call's mask takes the last keys for the newest."
        ),
        Mistake(_keeps_the_newest, "The next call needs the keys and values of all tokens so far, not of the newest alone."),
        Mistake(
            _keeps_repeated,
            "Keep key and value heads as they came, and repeat them at each call. A cache of repeated heads is as large as "
            "without groups.",
        ),
        Mistake(_one_key_head, "Each group of query heads has a key head and a value head of its own."),
        Mistake(_not_scaled, "The scores are divided by the root of d_k, the last dimension of the query."),
    ),
    returns=tuple,
    facts=_output_and_kept,
)
