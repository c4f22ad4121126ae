"""Whole tasks: scaled dot-product attention with a mask, and multi-head attention around it."""

import math

import torch
from torch import Tensor, nn

from transformer.teaching.exercises.core import Exercise, Mistake


def attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """Return softmax(query key^T / sqrt(d_k)) value, and zeros for a query that may attend to nothing.

    ``query`` is (batch, heads, queries, d_k), ``key`` (batch, heads, keys, d_k), ``value`` (batch, heads, keys, d_v). ``mask`` is
    bool, True where a query may attend to a key, and broadcasts to (batch, heads, queries, keys).
    """
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    weights = scores.masked_fill(~mask, -math.inf).softmax(-1)
    return weights.masked_fill(~mask.any(-1, keepdim=True), 0.0) @ value


def _attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scale: float) -> Tensor:
    return attention(query * scale * math.sqrt(query.shape[-1]), key, value, mask)


def _not_divided(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    return _attend(query, key, value, mask, 1.0)


def _divided_by_d_k(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    return _attend(query, key, value, mask, 1 / query.shape[-1])


def _empty_row(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    return scores.masked_fill(~mask, -math.inf).softmax(-1) @ value


def _large_number(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    return scores.masked_fill(~mask, -1e9).softmax(-1) @ value


def _after_softmax(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    return ((query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])).softmax(-1) * mask) @ value


def _over_queries(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    return scores.masked_fill(~mask, -1e9).softmax(-2) @ value


def _upside_down(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    return attention(query, key, value, ~mask)


def _no_mask(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    return attention(query, key, value, torch.ones_like(mask))


ROWS = "torch.tensor([[[[1., 0.]]]]), torch.tensor([[[[2., 0.], [0., 1.]]]]), torch.tensor([[[[1.], [5.]]]])"
MANY = "torch.arange(120.).sin().view(2, 3, 5, 4), torch.arange(168.).cos().view(2, 3, 7, 4)"

ATTENTION = Exercise(
    attention,
    inputs=(
        f"{ROWS}, torch.tensor([[[[True, True]]]])",
        f"{ROWS}, torch.tensor([[[[True, False]]]])",
        f"{ROWS}, torch.tensor([[[[False, False]]]])",
        f"{MANY}, torch.arange(462.).cos().view(2, 3, 7, 11), torch.ones(5, 7).bool().tril()[None, None]",
        f"{MANY}, torch.arange(462.).sin().view(2, 3, 7, 11), torch.arange(210).view(2, 3, 5, 7) % 3 > 0",
    ),
    mistakes=(
        Mistake(_not_divided, "The scores are divided by the root of d_k, the last dimension of the query."),
        Mistake(_divided_by_d_k, "Divide by the root of d_k, not by d_k: the standard deviation of a score grows like the root."),
        Mistake(
            _empty_row,
            "A row of -inf alone has no softmax: 0 is divided by 0. Decide what such a query gets; here its weights are zero.",
        ),
        Mistake(
            _large_number,
            "-1e9 in every place is one number in every place: the softmax of such a row is even, and the query reads what is "
            "hidden. Set the weights of an empty row to zero.",
        ),
        Mistake(
            _after_softmax,
            "A mask after the softmax zeroes weights, but what the hidden keys took is lost: the rest no longer sums to 1. Hide "
            "the scores before the softmax.",
        ),
        Mistake(_over_queries, "Each query shares out its weight among the keys: the softmax goes over the last dimension."),
        Mistake(
            _upside_down, "The mask is True where a query may attend. masked_fill fills where its mask is True, so turn it round."
        ),
        Mistake(_no_mask, "The mask must hide keys."),
    ),
)


def multi_head_attention(
    x: Tensor, memory: Tensor, w_q: Tensor, w_k: Tensor, w_v: Tensor, w_o: Tensor, num_heads: int, mask: Tensor
) -> Tensor:
    """Return multi-head attention of ``x`` to ``memory``.

    ``x`` is (batch, queries, d_model), ``memory`` (batch, keys, d_model). The four matrices are (d_model, d_model) and stand on
    the right: ``x @ w_q``. Head i reads the i-th block of d_model // num_heads columns. ``mask`` is bool, True where a query may
    attend to a key, and broadcasts to (batch, heads, queries, keys). Each query may attend to something.
    """

    def split(y: Tensor) -> Tensor:
        batch, length, d_model = y.shape
        return y.view(batch, length, num_heads, d_model // num_heads).transpose(1, 2)

    q, k, v = split(x @ w_q), split(memory @ w_k), split(memory @ w_v)  # (batch, heads, length, d_k)
    heads = nn.functional.scaled_dot_product_attention(q, k, v, mask)
    return heads.transpose(1, 2).reshape(x.shape) @ w_o


def _split(x: Tensor, num_heads: int) -> Tensor:
    return x.view(*x.shape[:2], num_heads, -1).transpose(1, 2)


def _heads_first(
    x: Tensor, memory: Tensor, w_q: Tensor, w_k: Tensor, w_v: Tensor, w_o: Tensor, num_heads: int, mask: Tensor
) -> Tensor:
    q, k, v = (y.view(y.shape[0], num_heads, y.shape[1], y.shape[2] // num_heads) for y in (x @ w_q, memory @ w_k, memory @ w_v))
    return attention(q, k, v, mask).reshape(x.shape) @ w_o


def _not_transposed_back(
    x: Tensor, memory: Tensor, w_q: Tensor, w_k: Tensor, w_v: Tensor, w_o: Tensor, num_heads: int, mask: Tensor
) -> Tensor:
    q, k, v = (_split(y, num_heads) for y in (x @ w_q, memory @ w_k, memory @ w_v))
    return attention(q, k, v, mask).reshape(x.shape) @ w_o


def _no_output_projection(
    x: Tensor,
    memory: Tensor,
    w_q: Tensor,
    w_k: Tensor,
    w_v: Tensor,
    w_o: Tensor,  # noqa: ARG001 - the mistake is to leave it out
    num_heads: int,
    mask: Tensor,
) -> Tensor:
    q, k, v = (_split(y, num_heads) for y in (x @ w_q, memory @ w_k, memory @ w_v))
    return attention(q, k, v, mask).transpose(1, 2).reshape(x.shape)


def _scale_of_the_model(
    x: Tensor, memory: Tensor, w_q: Tensor, w_k: Tensor, w_v: Tensor, w_o: Tensor, num_heads: int, mask: Tensor
) -> Tensor:
    return multi_head_attention(x, memory, w_q / math.sqrt(num_heads), w_k, w_v, w_o, num_heads, mask)


def _one_head(
    x: Tensor,
    memory: Tensor,
    w_q: Tensor,
    w_k: Tensor,
    w_v: Tensor,
    w_o: Tensor,
    num_heads: int,  # noqa: ARG001 - the mistake is to leave it out
    mask: Tensor,
) -> Tensor:
    return multi_head_attention(x, memory, w_q, w_k, w_v, w_o, 1, mask[:, :1])


def _transposed_matrices(
    x: Tensor, memory: Tensor, w_q: Tensor, w_k: Tensor, w_v: Tensor, w_o: Tensor, num_heads: int, mask: Tensor
) -> Tensor:
    return multi_head_attention(x, memory, w_q.T, w_k.T, w_v.T, w_o.T, num_heads, mask)


def _values_of_the_queries(
    x: Tensor, memory: Tensor, w_q: Tensor, w_k: Tensor, w_v: Tensor, w_o: Tensor, num_heads: int, mask: Tensor
) -> Tensor:
    q, k, v = (_split(y, num_heads) for y in (x @ w_q, memory @ w_k, x @ w_v))
    return attention(q, k, v, mask).transpose(1, 2).reshape(x.shape) @ w_o


def _matrices(d_model: int) -> str:
    waves = ("sin", "cos", "sin", "cos")
    return ", ".join(
        f"torch.arange({n}., {n + d_model**2}).{wave}().view({d_model}, {d_model})"
        for n, wave in zip((0, 1, 2, 3), waves, strict=True)
    )


MULTI_HEAD_ATTENTION = Exercise(
    multi_head_attention,
    inputs=(
        f"torch.eye(2)[None], torch.tensor([[[1., 2.], [3., 4.]]]), {_matrices(2)}, 2, torch.ones(1, 1, 1, 2).bool()",
        f"torch.arange(12.).sin().view(1, 3, 4), torch.arange(12.).sin().view(1, 3, 4), {_matrices(4)}, 2, "
        "torch.ones(3, 3).bool().tril()[None, None]",
        f"torch.arange(60.).cos().view(2, 5, 6), torch.arange(84.).sin().view(2, 7, 6), {_matrices(6)}, 3, "
        "(torch.arange(7) < torch.tensor([[7], [4]])).view(2, 1, 1, 7)",
    ),
    mistakes=(
        Mistake(
            _heads_first,
            "view reads numbers in the order in which they lie: at once to (batch, heads, length, d_k) a head gets parts of "
            "tokens. Split the last dimension first, (batch, length, heads, d_k), then transpose.",
        ),
        Mistake(
            _not_transposed_back,
            "The output of the heads is (batch, heads, length, d_k). Transpose to (batch, length, heads, d_k) before the heads "
            "are joined, or the tokens are mixed.",
        ),
        Mistake(_no_output_projection, "After the heads are joined, w_o mixes them."),
        Mistake(_scale_of_the_model, "A score is a sum over d_k products, so divide by the root of d_k, not of d_model."),
        Mistake(_one_head, "Each head has a softmax of its own."),
        Mistake(_transposed_matrices, "The matrices stand on the right: x @ w_q. nn.Linear would use the transposed one."),
        Mistake(_values_of_the_queries, "Keys and values come from what is read, memory; the queries alone come from x."),
    ),
)
