"""What a model is made of, measured by running it: which parts ran, in which order, with which shapes and parameters."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from transformer.decoder import Decoder, DecoderLayer
from transformer.encoder import Encoder, EncoderLayer
from transformer.model import Transformer

CONTAINERS = (Transformer, Encoder, Decoder, EncoderLayer, DecoderLayer, nn.ModuleList)


@dataclass(frozen=True)
class Step:
    """One part of the model, as it ran once.

    Args:
        name: The module's path in the model, such as ``encoder.layers.0.feed_forward``.
        kind: The module's class, such as ``FeedForward``.
        shape: The shape of its output.
        parameters: Numbers that it can learn; those that an earlier step has already brought are not counted again.
        shared: Whether it uses parameters of an earlier step.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    shared: bool


def parts(model: nn.Module, prefix: str = "") -> Iterator[tuple[str, nn.Module]]:
    """Walk the model's tree down to the parts that a diagram shows: attention is one part, a layer is not.

    Args:
        model: The model, or a container in it.
        prefix: The container's own path.

    Yields:
        Path and module of each part.

    Example:
        >>> from transformer import Encoder
        >>> [name for name, _ in parts(Encoder(1, 6, 3, 7))][:2]
        ['layers.0.self_attention', 'layers.0.self_attention_add_norm']
    """
    for name, child in model.named_children():
        if isinstance(child, CONTAINERS):
            yield from parts(child, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", child


def trace(model: Transformer, source: Tensor, target: Tensor) -> list[Step]:
    """Run the model once and write down each part as it finishes.

    Args:
        model: The model.
        source: Token ids of shape (batch, source length).
        target: Token ids of shape (batch, target length).

    Returns:
        One step for each time a part ran, in the order in which they finished.

    Example:
        >>> from transformer import TransformerConfig
        >>> model = Transformer(TransformerConfig(11, 13, d_model=6, num_heads=3, num_layers=1, d_ff=7))
        >>> steps = trace(model, torch.ones(2, 7, dtype=torch.int64), torch.ones(2, 5, dtype=torch.int64))
        >>> steps[0].name, steps[-1].name, steps[-1].shape
        ('source_embedding', 'output_proj', (2, 5, 13))
    """
    steps: list[Step] = []
    brought: dict[str, set[int]] = {}  # parameters by the step that first used them

    def record(name: str, module: nn.Module, output: object) -> None:
        tensor = output[0] if isinstance(output, tuple) else output
        assert isinstance(tensor, Tensor)
        known = set().union(*brought.values())
        new = {id(parameter): parameter.numel() for parameter in module.parameters() if id(parameter) not in known}
        shared = any(id(parameter) in known for parameter in module.parameters())
        brought[f"{name}/{len(steps)}"] = set(new)
        steps.append(Step(name, type(module).__name__, tuple(tensor.shape), sum(new.values()), shared))

    hooks = [
        module.register_forward_hook(lambda module, _inputs, output, name=name: record(name, module, output))
        for name, module in parts(model)
    ]
    try:
        with torch.no_grad():
            model(source, target)
    finally:
        for hook in hooks:
            hook.remove()
    return steps
