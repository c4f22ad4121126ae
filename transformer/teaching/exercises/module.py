"""Exercises of the page on nn.Module: be found, be saved, and be counted."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from transformer.teaching.exercises.core import Exercise, Fact, Mistake


class Chain(nn.Module):
    """``depth`` linear layers of the same width, one after the other."""

    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))

    def forward(self, x: Tensor) -> Tensor:
        """Pass ``x`` through each layer."""
        for layer in self.layers:
            x = layer(x)
        return x


class _InAList(nn.Module):
    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        self.layers = [nn.Linear(width, width) for _ in range(depth)]

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x)
        return x


class _OneLayer(Chain):
    def __init__(self, width: int, depth: int) -> None:
        super().__init__(width, 1)
        self.layers = nn.ModuleList([self.layers[0]] * depth)


class _MadeInForward(nn.Module):
    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        self.width, self.depth = width, depth

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(self.depth):
            x = nn.Linear(self.width, self.width)(x)
        return x


class _WithoutSuper(nn.Module):
    def __init__(self, width: int, depth: int) -> None:
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))


class _Unconnected(Chain):
    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            output = layer(x)
        return output


def _about_a_chain(module: object, arguments: Sequence[object]) -> Iterator[Fact]:
    assert isinstance(module, nn.Module)
    width = arguments[0]
    assert isinstance(width, int)
    parameters = list(module.parameters())
    yield "the number of linear layers that it has", sum(isinstance(part, nn.Linear) for part in module.modules())
    yield "the number of tensors in parameters()", len(parameters)
    x = torch.arange(2.0 * width).view(2, width)
    wanted = x
    for weight, bias in zip(parameters[::2], parameters[1::2], strict=True):
        wanted = nn.functional.linear(wanted, weight, bias)
    output = module(x)
    yield "the shape of its output", tuple(output.shape) if isinstance(output, Tensor) else None
    yield "does the same input give the same output again", "yes" if torch.equal(module(x), output) else "no"
    yield "is its output that of its layers, one after the other", "yes" if torch.equal(output, wanted) else "no"


CHAIN = Exercise(
    Chain,
    inputs=("2, 1", "3, 2", "5, 3"),
    mistakes=(
        Mistake(
            _InAList, "A module does not look into a Python list: the layers are not learned, saved or moved. Use nn.ModuleList."
        ),
        Mistake(_OneLayer, "[layer] * depth is one layer with several names, and so one set of weights. Make each layer anew."),
        Mistake(
            _MadeInForward, "A layer made in forward is a new one at every call, with new random weights. Make it in __init__."
        ),
        Mistake(_WithoutSuper, "super().__init__() comes first: it makes the places in which layers are kept."),
        Mistake(_Unconnected, "Each layer gets x as it came in. It should get what the layer before it put out."),
    ),
    returns=nn.Module,
    facts=_about_a_chain,
)


class Shift(nn.Module):
    """Adds a fixed tensor, which is saved and moved with the module, and not learned."""

    def __init__(self, offset: Tensor) -> None:
        super().__init__()
        self.offset: Tensor
        self.register_buffer("offset", offset)

    def forward(self, x: Tensor) -> Tensor:
        """Add the offset."""
        return x + self.offset


class _PlainTensor(nn.Module):
    def __init__(self, offset: Tensor) -> None:
        super().__init__()
        self.offset = offset

    def forward(self, x: Tensor) -> Tensor:
        return x + self.offset


class _Learned(_PlainTensor):
    def __init__(self, offset: Tensor) -> None:
        super().__init__(nn.Parameter(offset))


class _NotSaved(_PlainTensor):
    def __init__(self, offset: Tensor) -> None:
        nn.Module.__init__(self)
        self.register_buffer("offset", offset, persistent=False)


def _about_a_shift(module: object, arguments: Sequence[object]) -> Iterator[Fact]:
    assert isinstance(module, nn.Module)
    offset = arguments[0]
    assert isinstance(offset, Tensor)
    x = torch.ones(5, *offset.shape)
    yield "its output for ones", module(x)
    yield "how many numbers are in parameters()", sum(parameter.numel() for parameter in module.parameters())
    yield "how many numbers are in state_dict()", sum(tensor.numel() for tensor in module.state_dict().values())
    yield "after .half(), the dtype of its output for float16", str(module.half()(x.half()).dtype)


SHIFT = Exercise(
    Shift,
    inputs=("torch.tensor([7.])", "torch.tensor([1., -2., 3.])", "torch.arange(10.).view(2, 5)"),
    mistakes=(
        Mistake(
            _PlainTensor,
            "A plain tensor on self is an ordinary attribute: it is neither saved nor moved. Register it as a buffer.",
        ),
        Mistake(_Learned, "A parameter is found by the optimizer, which would change it. What is not learned is a buffer."),
        Mistake(_NotSaved, "With persistent=False a buffer is moved, but not saved."),
    ),
    returns=nn.Module,
    facts=_about_a_shift,
)


def learnable_numbers(module: nn.Module) -> int:
    """Count the numbers that an optimizer may change, each once."""
    return sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)


def _all_saved(module: nn.Module) -> int:
    return sum(tensor.numel() for tensor in module.state_dict().values())


def _frozen_too(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def _shared_twice(module: nn.Module) -> int:
    named = module.named_parameters(remove_duplicate=False)
    return sum(parameter.numel() for _, parameter in named if parameter.requires_grad)


def _tensors(module: nn.Module) -> int:
    return sum(parameter.requires_grad for parameter in module.parameters())


LEARNABLE_NUMBERS = Exercise(
    learnable_numbers,
    inputs=(
        "nn.ReLU()",
        "nn.Linear(2, 3)",
        "nn.BatchNorm1d(3)",
        "nn.BatchNorm1d(7, affine=False)",
        "nn.Linear(3, 5).requires_grad_(False)",
        "nn.Sequential(one := nn.Linear(3, 3), nn.ReLU(), one)",
    ),
    mistakes=(
        Mistake(_all_saved, "state_dict() holds buffers too, such as BatchNorm's running mean, and names shared weights twice."),
        Mistake(_frozen_too, "A parameter with requires_grad=False is not learned."),
        Mistake(_shared_twice, "Weights that two layers share are learned once, so they count once."),
        Mistake(_tensors, "This counts tensors. numel() says how many numbers are in each."),
    ),
)
