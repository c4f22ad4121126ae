"""How a layer is wired, recorded from a run: what stands in each branch, and what stands on the residual path."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from transformer.add_norm import AddNorm


@dataclass(frozen=True)
class SubLayer:
    """One sub-layer with what stands around it, in the order of the run.

    Args:
        before: Parts on the path, before the branch leaves it.
        branch: Parts in the branch, whose output is added to the path.
        after: Parts on the path, after the sum.
    """

    before: tuple[str, ...]
    branch: tuple[str, ...]
    after: tuple[str, ...]


def sublayers(layer: nn.Module, *inputs: Tensor) -> list[SubLayer]:
    """Run a layer once and write down where its parts stand.

    A part is what the layer calls: attention, the feed-forward network, a norm, dropout. The sum tells where the branch left the
    path: it adds the branch to what came in, or to what a part had made of it.

    A layer of 2017 has its sub-layers inside ``AddNorm``, which may end with a norm after the sum. In a layer of today each sum
    ends a sub-layer, and a part that hands on what it got, such as an empty slot, does not stand anywhere.

    Args:
        layer: An encoder layer, a decoder layer, or a ``transformer.today.Block``.
        inputs: What it is called with, such as vectors of shape (batch, length, d_model).

    Returns:
        One entry for each sub-layer.

    Raises:
        ValueError: A branch is not added, or is added to something that did not come along the path; or, in a layer of today, it
            reads something else than what came along the path.

    Source:
        Vaswani et al. 2017, section 3.1 (post-norm); Xiong et al. 2020 (pre-norm).

    Example:
        >>> from transformer import EncoderLayer
        >>> sublayers(EncoderLayer(6, 3, 7), torch.ones(2, 5, 6))[1]
        SubLayer(before=(), branch=('norm', 'feed forward', 'dropout'), after=())
    """
    nested = any(isinstance(part, AddNorm) for part in layer.children())
    recorder = _Recorder() if nested else _EndsWithTheSum(inputs[0])
    hooks = []
    for name, part in layer.named_children():
        if isinstance(part, AddNorm):
            hooks.append(part.register_forward_pre_hook(lambda _, inputs: recorder.begin(inputs[0])))
            hooks.append(part.register_forward_hook(lambda *_: recorder.end()))
            for own, inner in part.named_children():
                hooks.append(inner.register_forward_hook(recorder.finished(own.removeprefix("residual_"))))
        else:
            hooks.append(part.register_forward_hook(recorder.finished(name)))
    try:
        with torch.no_grad(), recorder:
            layer(*inputs)
    finally:
        for hook in hooks:
            hook.remove()
    return recorder.found


class _Recorder(TorchFunctionMode):
    """Sees what each part made, and the sum."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[SubLayer] = []
        self.begin(None)

    def begin(self, x: Tensor | None) -> None:
        self.names: list[str] = []
        self.carried: list[object] = [x]  # what came in, then what each part made
        self.fork, self.sum = 0, 0

    def finished(self, name: str) -> Callable[..., None]:
        def note(_module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
            self.note(name.replace("_", " "), inputs[0], output[0] if isinstance(output, tuple) else output)

        return note

    def note(self, name: str, _read: Tensor, made: Tensor) -> None:
        self.names.append(name)
        self.carried.append(made)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Take note of the sum: only it adds what the last part has made."""
        if func is Tensor.add and self.names and args[1] is self.carried[-1]:
            earlier = [i for i, x in enumerate(self.carried[:-1]) if x is args[0]]
            if not earlier:
                raise ValueError(f"layer must add the branch that ends in {self.names[-1]} to what came along the path")
            self.fork, self.sum = earlier[0], len(self.names)
        return func(*args, **(kwargs or {}))

    def end(self) -> None:
        if not self.sum:
            raise ValueError(f"layer must add each branch to the path, got no sum after {', '.join(self.names)}")
        parts = tuple(self.names)
        self.found.append(SubLayer(parts[: self.fork], parts[self.fork : self.sum], parts[self.sum :]))


class _EndsWithTheSum(_Recorder):
    """For a layer whose sub-layers are no modules: nothing but a sum ends one."""

    def __init__(self, x: Tensor) -> None:
        super().__init__()
        self.begin(x)

    def note(self, name: str, read: Tensor, made: Tensor) -> None:
        if not self.names and read is not self.carried[0]:
            raise ValueError(f"layer must let each branch read what came along the path, got another input of {name}")
        if made is not read:
            super().note("norm" if name.endswith(" norm") else name, read, made)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """End the sub-layer at its sum, which is what the next one reads."""
        made = super().__torch_function__(func, types, args, kwargs)
        if self.sum:
            self.end()
            self.begin(made)
        return made
