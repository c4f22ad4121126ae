"""Weights in eight bits on the disk: a file of a quarter the size, read back into a model of float32."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor, nn

from transformer.today.int8 import quantised
from transformer.training.files import write_whole
from transformer.training.weights import HEADER_LIMIT, _opened, _ordered, check_weights

NUMBERS, SCALE = ".int8", ".scale"


def save_int8(path: Path, model: nn.Module, notes: Mapping[str, str]) -> None:
    """Write a model's matrices in eight bits with one scale a row, and its vectors as they are.

    Args:
        path: Where the file goes.
        model: The model; its weights stay as they are.
        notes: Words by name, kept in the file's header.

    Raises:
        ValueError: A weight is not finite.
        OSError: The file could not be written; an older one is untouched.

    Source:
        Dettmers et al. 2022 (LLM.int8()), section 2, "absmax" and "row-wise" quantisation.

    Example:
        >>> import tempfile
        >>> path, model = Path(tempfile.mkdtemp()) / "tiny.safetensors", nn.Linear(3, 2, bias=False)
        >>> save_int8(path, model, {})
        >>> before = model.weight.detach().clone()
        >>> load_int8(path, model)
        >>> bool((model.weight - before).abs().max() < 0.003)
        True
    """
    tensors = {}
    for name, weight in model.state_dict().items():
        if weight.dim() == 2:
            tensors[name + NUMBERS], tensors[name + SCALE] = quantised(weight)
        else:
            tensors[name] = weight.detach().float()
    write_whole(path, _ordered(save(tensors, dict(notes))))


def load_int8(path: Path, model: nn.Module) -> None:
    """Fill a model from a file of ``save_int8``; on an error the model is as it was.

    A file of ``save_weights``, whose matrices are not in eight bits, is taken too.

    Args:
        path: The file.
        model: Its parameters get the file's values, in its own dtype and on its own device.

    Raises:
        OSError: The file is not there, is a folder or may not be read.
        ValueError: The file is damaged or too large, or a weight is missing, unknown, of another shape or dtype, or not finite.
    """
    expected = model.state_dict()
    limit = sum(weight.numel() * 8 for weight in expected.values()) + HEADER_LIMIT  # no model of float64 is larger
    if path.stat().st_size > limit:
        raise ValueError(f"{path} must be at most {limit} bytes for this model, got {path.stat().st_size}")
    with _opened(path) as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    weights: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        stem = name.removesuffix(NUMBERS)
        if stem == name:
            if not name.endswith(SCALE) or name.removesuffix(SCALE) + NUMBERS not in tensors:
                weights[name] = tensor
            continue
        scale = tensors.get(stem + SCALE)
        if tensor.dtype != torch.int8 or scale is None or scale.dtype != torch.float32 or scale.shape != tensor.shape[:1]:
            raise ValueError(f"{path}: {stem} must be rows of int8 with a scale of float32 for each")
        weights[stem] = tensor * scale.unsqueeze(1)
    check_weights(path, weights, expected)
    model.load_state_dict(weights)
