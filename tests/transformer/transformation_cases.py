"""What each transformation runs over: a module, and a batch of inputs for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from transformer import padding_mask

SAMPLES, BATCH, LENGTH, MEMORY, D_MODEL, HEADS, VOCAB = 7, 5, 3, 4, 12, 2, 11


class Function(nn.Module):
    """A function as a module without parameters."""

    def __init__(self, call: Callable[..., Any]) -> None:
        super().__init__()
        self.call = call

    def forward(self, *args: Any) -> Any:
        return self.call(*args)


@dataclass(frozen=True)
class Case:
    module: Callable[[], nn.Module]
    inputs: Callable[[int], tuple[Tensor, ...]]
    """One batch of so many items, with masks that hide something, and in one item everything."""


def vectors(batch: int, length: int = LENGTH) -> Tensor:
    return torch.randn(batch, length, D_MODEL, dtype=torch.float64)


def heads(batch: int, length: int = LENGTH) -> Tensor:
    return torch.randn(batch, HEADS, length, 6, dtype=torch.float64)


def ids(batch: int, length: int = LENGTH) -> Tensor:
    tokens = torch.randint(1, VOCAB, (batch, length))
    tokens[0, -1] = 0
    tokens[-1] = 0
    return tokens


def hidden(batch: int, length: int = LENGTH) -> Tensor:
    return padding_mask(ids(batch, length), 0)


def per_item(mask: Tensor, batch: int) -> Tensor:
    return mask.expand(batch, -1, -1, -1)
