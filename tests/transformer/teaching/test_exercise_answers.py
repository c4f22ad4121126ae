"""Right answers of every kind are accepted: the checker asks for what the task says, and not for one way to write it."""

import math
from collections import OrderedDict
from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from transformer import causal_mask, padding_mask
from transformer import scaled_dot_product_attention as attend
from transformer.teaching.exercises import check


def split_by_slices(x: Tensor, num_heads: int) -> Tensor:
    if x.shape[-1] % num_heads:
        raise ArithmeticError
    return torch.stack(x.chunk(num_heads, dim=-1), dim=1)


def reading_order(x: Tensor, num_heads: int, dtype: None = None) -> Tensor:
    assert dtype is None
    return split_by_slices(x.clone(), num_heads)


def softmax_by_hand(scores: Tensor, mask: Tensor) -> Tensor:
    exponent = (scores - scores.amax(-1, keepdim=True)).exp() * mask
    return exponent / exponent.sum(-1, keepdim=True).clamp(min=1e-7)


def nan_replaced(scores: Tensor, mask: Tensor) -> Tensor:
    return scores.masked_fill(~mask, -float("inf")).softmax(-1).nan_to_num()


def fused(query: Tensor, key: Tensor, value: Tensor, p: float, training: bool) -> Tensor:
    return F.scaled_dot_product_attention(query, key, value, dropout_p=p if training else 0.0)


def ours(query: Tensor, key: Tensor, value: Tensor, p: float, training: bool) -> Tensor:
    return attend(query, key, value, dropout=p, training=training)[0]


def drawn_by_hand(query: Tensor, key: Tensor, value: Tensor, p: float, training: bool) -> Tensor:
    weights = (query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])).softmax(-1)
    if training:
        weights = weights * (torch.rand(weights.shape) >= p) / (1 - p)
    return weights @ value


class Sequence(nn.Sequential):
    def __init__(self, width: int, depth: int) -> None:
        super().__init__(OrderedDict((f"layer_{i}", nn.Linear(width, width)) for i in range(depth)))
        for parameter in self.parameters():
            nn.init.normal_(parameter)


class Frozen(nn.Module):
    offset: Tensor

    def __init__(self, offset: Tensor) -> None:
        super().__init__()
        self.register_buffer("offset", offset.clone())

    def forward(self, x: Tensor) -> Tensor:
        return torch.add(self.offset, x)


def by_jacobian(model: Callable[[Tensor], Tensor], x: Tensor) -> bool:
    slopes = torch.func.jacrev(model)(x).abs().sum((0, 2, 3, 5))
    return bool((slopes.triu(1) > 0).any())


def table_by_numpy(length: int, d_model: int) -> Tensor:
    column = np.arange(d_model)
    angle = np.arange(length)[:, None] / 10000 ** (column // 2 * 2 / d_model)
    return torch.from_numpy(np.where(column % 2, np.cos(angle), np.sin(angle)).astype(np.float32))


RIGHT: dict[str, list[Callable[..., object]]] = {
    "head_width": [lambda d_model, num_heads: d_model // num_heads if not d_model % num_heads else int("x")],
    "head_rows": [lambda w, i, h: w[i * (len(w) // h) : (i + 1) * (len(w) // h)].clone()],
    "split_heads": [split_by_slices, reading_order],
    "shares_memory": [lambda t, s: t.reshape(s).untyped_storage().data_ptr() == t.untyped_storage().data_ptr()],
    "contiguous_strides": [lambda shape: torch.empty(shape, device="meta").stride()],
    "merge_heads": [lambda x: torch.cat(x.unbind(1), dim=-1), lambda x: x.movedim(1, 2).reshape(len(x), x.shape[2], -1)],
    "key_mask": [padding_mask],
    "decoder_mask": [lambda ids, pad: padding_mask(ids, pad) & causal_mask(ids.shape[1])],
    "masked_softmax": [softmax_by_hand, nan_replaced],
    "dropped_attention": [fused, ours, drawn_by_hand],
    "Chain": [Sequence],
    "Shift": [Frozen],
    "learnable_numbers": [lambda m: sum(p.numel() for p in {id(p): p for p in m.parameters()}.values() if p.requires_grad)],
    "position_table": [table_by_numpy],
    "sees_the_future": [by_jacobian],
}


@pytest.mark.parametrize(("name", "answer"), [(name, answer) for name, answers in RIGHT.items() for answer in answers])
def test_another_right_answer_is_right(name: str, answer: Callable[..., object]) -> None:
    result = check(name, answer)
    assert result, result
