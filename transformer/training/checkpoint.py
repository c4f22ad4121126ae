"""Checkpoints: all that a run needs to go on as if it had never stopped."""

import io
import pickle
from pathlib import Path
from typing import Any

import torch
from torch import nn

from transformer.training.files import write_whole
from transformer.training.weights import check_weights

# What each part is for is told in Trainer.state_dict, which makes them.
PARTS = {
    "config": dict,
    "settings": dict,
    "step": int,
    "seconds": float,
    "model": dict,
    "optimizer": dict,
    "schedule": dict,
    "data": dict,
    "rng": dict,
}


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write a checkpoint, whole or not at all.

    Args:
        path: Where the file goes; the older checkpoint there stays until the new one is complete.
        state: The parts, as ``PARTS`` names them.

    Raises:
        ValueError: A part is missing, unknown or of the wrong type.
        OSError: The file could not be written; an older one is untouched.
    """
    _check_parts(path, state)
    buffer = io.BytesIO()
    torch.save(state, buffer)
    write_whole(path, buffer.getvalue())


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Read a checkpoint. Nothing in it can run code, and every part is there.

    Args:
        path: A file of ``save_checkpoint``.

    Returns:
        The parts, on the CPU.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is damaged, holds more than tensors and plain values, or a part is missing, unknown or of the wrong type.
    """
    try:
        state = torch.load(path, weights_only=True, map_location="cpu")
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise ValueError(f"{path} is damaged or is no checkpoint ({str(error).splitlines()[0]})") from error
    if not isinstance(state, dict):
        raise ValueError(f"{path} must hold a dict of {', '.join(PARTS)}, got {type(state).__name__}")
    _check_parts(path, state)
    return state


def check_state(path: Path, state: dict[str, Any], model: nn.Module, optimizer: torch.optim.Optimizer, processes: int) -> None:
    """Refuse a checkpoint whose tensors do not fit the run that wants to go on from it.

    Args:
        path: Where it comes from, for the message.
        state: What ``load_checkpoint`` returned.
        model: The run's model.
        optimizer: Its optimizer.
        processes: How many processes take part.

    Raises:
        ValueError: A weight or an optimizer's moment has another name, shape or kind than the run's, or is not finite; or the
            checkpoint was written by another number of processes.
    """
    check_weights(path, state["model"], model.state_dict())
    names = {weight: name for name, weight in model.named_parameters()}
    learned = [weight for group in optimizer.param_groups for weight in group["params"]]
    moments, expected = {}, {}
    for number, weight in enumerate(learned):
        for kind in ("exp_avg", "exp_avg_sq"):
            name = f"{kind} of {names[weight]}"
            expected[name] = weight
            if kind in state["optimizer"].get("state", {}).get(number, {}):
                moments[name] = state["optimizer"]["state"][number][kind]
    check_weights(path, moments, expected)
    if len(state["rng"].get("cpu", ())) != processes:
        raise ValueError(
            f"{path} was written by {len(state['rng'].get('cpu', ()))} processes and only as many can go on, got {processes}"
        )


def _check_parts(path: Path, state: dict[str, Any]) -> None:
    for name, kind in PARTS.items():
        if name not in state:
            raise ValueError(f"{path} lacks {name!r}; a checkpoint holds {', '.join(PARTS)}")
        if not isinstance(state[name], kind):
            raise ValueError(f"{path}: {name!r} must be of type {kind.__name__}, got {type(state[name]).__name__}")
    for name in state:
        if name not in PARTS:
            raise ValueError(f"{path} has the unknown part {name!r}; a checkpoint holds {', '.join(PARTS)}")
