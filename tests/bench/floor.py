"""The floor: the matrix products of a training step and of greedy decoding, alone, on random numbers.

No dropout, norm, softmax, addition, mask or optimizer; every result has its place in memory before the clock starts. Queries,
keys and values are one product where they share an input.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import torch
from torch import Tensor

from . import task

ROWS = task.TOKENS  # of a side's activations, as one matrix
PAIRS = task.BATCH * task.HEADS  # of an attention's small matrices


@dataclass(frozen=True)
class Product:
    """One matrix product, or one for each batch item and head, with its result's place."""

    left: Tensor
    right: Tensor
    out: Tensor

    @property
    def multiply_adds(self) -> int:
        """How many multiplications it takes, each followed by an addition."""
        return self.out.numel() * self.left.shape[-1]

    def run(self) -> None:
        """Multiply."""
        if self.left.dim() == 2:
            torch.mm(self.left, self.right, out=self.out)
        else:
            torch.bmm(self.left, self.right, out=self.out)


def product(left: Tensor, right: Tensor) -> Product:
    """Make a place for the result of two matrices, or of two stacks of them."""
    return Product(left, right, torch.empty(*left.shape[:-1], right.shape[-1]))


@dataclass(frozen=True)
class Work:
    """Products that run forward, and the two for each that run backward."""

    forward: list[Product]
    backward: list[Product]

    @property
    def multiply_adds(self) -> int:
        """Those of all products together."""
        return sum(one.multiply_adds for one in chain(self.forward, self.backward))

    def run(self) -> None:
        """Run every product: forward, then backward from the last one."""
        for one in chain(self.forward, reversed(self.backward)):
            one.run()


def linear(rows: int, width: int, wide: int) -> Work:
    """Multiply rows with a weight that is stored as ``torch.nn.Linear`` stores it."""
    x, weight, slope = torch.randn(rows, width), torch.randn(wide, width), torch.randn(rows, wide)
    return Work([product(x, weight.t())], [product(slope, weight), product(slope.t(), x)])


def attention(query: int, key: int) -> Work:
    """Multiply queries with keys and weights with values, in each head of each item."""
    heads = torch.randn(PAIRS, query, task.D_HEAD)
    keys, values = torch.randn(2, PAIRS, task.D_HEAD, key)
    weights = torch.randn(PAIRS, query, key)
    works = [(heads, keys, weights), (weights, values.transpose(1, 2), heads)]
    forward = [product(left, right) for left, right, _ in works]
    backward = [(product(slope, right.transpose(1, 2)), product(left.transpose(1, 2), slope)) for left, right, slope in works]
    return Work(forward, list(chain.from_iterable(backward)))


def training_step() -> Work:
    """Collect the products of a training step."""
    rows, d_model, length = ROWS, task.D_MODEL, task.LENGTH

    def self_attention() -> Iterator[Work]:
        yield linear(rows, d_model, 3 * d_model)
        yield attention(length, length)
        yield linear(rows, d_model, d_model)

    def cross_attention() -> Iterator[Work]:
        yield linear(rows, d_model, d_model)
        yield linear(rows, d_model, 2 * d_model)
        yield attention(length, length)
        yield linear(rows, d_model, d_model)

    def feed_forward() -> Iterator[Work]:
        yield linear(rows, d_model, task.D_FF)
        yield linear(rows, task.D_FF, d_model)

    works: list[Work] = []
    for _ in range(task.LAYERS):
        works += [*self_attention(), *feed_forward()]
    for _ in range(task.LAYERS):
        works += [*self_attention(), *cross_attention(), *feed_forward()]
    works.append(linear(rows, d_model, task.VOCABULARY))
    return Work([one for work in works for one in work.forward], [one for work in works for one in work.backward])


def greedy() -> Work:
    """Collect the products of greedy decoding: the source once, then one row for each source and step, beside a growing cache."""
    d_model, length = task.D_MODEL, task.LENGTH

    def once(width: int, wide: int) -> Product:
        return product(torch.randn(ROWS, width), torch.randn(wide, width).t())

    def attend(heads: Tensor, keys: Tensor, values: Tensor, seen: int) -> list[Product]:
        scores = product(heads, keys[:, :seen].transpose(1, 2))
        return [scores, product(scores.out, values[:, :seen])]

    works: list[Product] = []
    for _ in range(task.LAYERS):
        works += [once(d_model, 3 * d_model), *attention(length, length).forward, once(d_model, d_model)]
        works += [once(d_model, task.D_FF), once(task.D_FF, d_model)]
    works += [once(d_model, 2 * d_model) for _ in range(task.LAYERS)]  # the memory's keys and values

    # A step reads every weight once, so each weight is a matrix of its own, and the same one at each step.
    x, hidden = torch.randn(task.BATCH, d_model), torch.randn(task.BATCH, task.D_FF)
    heads = torch.randn(PAIRS, 1, task.D_HEAD)
    shapes = [(3 * d_model, d_model), *3 * [(d_model, d_model)], (task.D_FF, d_model), (d_model, task.D_FF)]
    layers = [[torch.randn(shape).t() for shape in shapes] for _ in range(task.LAYERS)]
    caches = [torch.randn(4, PAIRS, length, task.D_HEAD) for _ in range(task.LAYERS)]
    output = torch.randn(task.VOCABULARY, d_model).t()
    for step in range(length):
        for (qkv, mix, query, mix_memory, widen, narrow), (keys, values, memory_keys, memory_values) in zip(
            layers, caches, strict=True
        ):
            works += [product(x, qkv), *attend(heads, keys, values, step + 1), product(x, mix)]
            works += [product(x, query), *attend(heads, memory_keys, memory_values, length), product(x, mix_memory)]
            works += [product(x, widen), product(hidden, narrow)]
        works.append(product(x, output))
    return Work(works, [])
