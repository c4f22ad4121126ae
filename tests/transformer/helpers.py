"""Helpers that several test files share."""

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any, TypeVar

import pytest
import torch
from torch import Tensor, nn

Ours = TypeVar("Ours", bound=nn.Module)
Theirs = TypeVar("Theirs", bound=nn.Module)


def assert_exact(actual: Tensor | None, expected: Tensor | None, label: str = "") -> None:
    """Compare in float64 with only rounding allowed."""
    assert actual is not None
    assert expected is not None
    torch.testing.assert_close(actual, expected, atol=1e-10, rtol=0, msg=lambda text: f"{label} {text}")


def assert_identical(actual: Tensor | None, expected: Tensor | None) -> None:
    assert actual is not None
    assert expected is not None
    torch.testing.assert_close(actual, expected, atol=0, rtol=0)


def assert_same_gradients(ours: Ours, theirs: Theirs, copy: Callable[[Ours, Theirs], None]) -> None:
    """Compare every parameter's gradient, by copying torch's gradients over the way its weights are copied."""
    expected, gradients = deepcopy(ours), deepcopy(theirs)
    for slot, parameter in zip(gradients.parameters(), theirs.parameters(), strict=True):
        assert parameter.grad is not None
        slot.data.copy_(parameter.grad)
    copy(expected, gradients)
    for (name, parameter), gradient in zip(ours.named_parameters(), expected.parameters(), strict=True):
        assert_exact(parameter.grad, gradient.detach(), name)


def randomize(module: nn.Module) -> None:
    """Draw every parameter anew, biases and norms too: at their starting values, zeros and ones, mistakes would hide."""
    for parameter in module.parameters():
        nn.init.normal_(parameter, mean=0.1, std=0.5)


def tokens_mask(lengths: list[int]) -> Tensor:
    """Make a key-side mask (batch, 1, 1, longest), True for the first ``lengths[i]`` keys of item i."""
    return (torch.arange(max(lengths)) < torch.tensor(lengths)[:, None])[:, None, None, :]


def case(row: str, error: type[Exception], message: str, call: Callable[..., object], *args: Any, **kwargs: Any) -> Any:
    """Make one case of bad input: the call that is refused, with which error and exactly which words."""
    return pytest.param(partial(call, *args, **kwargs), error, message, id=row)


def assert_refused(call: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message
