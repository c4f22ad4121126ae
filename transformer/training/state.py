"""Checks of a run's state, before a run goes on from it."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

# Settings that may be others when a run goes on, since no weight depends on them. ``steps`` may grow, too.
MAY_CHANGE = ("log_every",)


def check_state(path: Path, state: dict[str, Any], example: dict[str, Any], learned: Sequence[Tensor], batches: int) -> None:
    """Refuse a state that a run cannot go on from, or whose parts do not belong together.

    Args:
        path: Where the state comes from, for the message.
        state: What ``load_checkpoint`` returned.
        example: The state of the run that wants to go on.
        learned: The parameters of its optimizer, in order.
        batches: How many batches are in an epoch.

    Raises:
        ValueError: The state is of another model, other settings, other frozen parameters or another number of processes; a part
            of it has another name, type, shape or dtype than the run's, or is not finite; or the parts are of different steps.
            ``steps`` may grow, and ``log_every`` may be another.
    """
    state = {**state, "settings": {"frozen": "", **state["settings"]}}  # none was frozen before the word was written
    for name in ("config", "settings"):
        check_like(path, name, state[name], example[name])
        for field, value in example[name].items():
            theirs = state[name][field]
            if field == "frozen":
                _check_frozen(path, theirs, value)
            elif theirs != value and field not in MAY_CHANGE and not (field == "steps" and theirs < value):
                raise ValueError(f"{path} was written with {field} = {theirs!r}, and cannot go on with {value!r}")
    theirs, processes = state["rng"].get("cpu"), len(example["rng"]["cpu"])
    if isinstance(theirs, list) and len(theirs) != processes:
        raise ValueError(f"{path} was written by {len(theirs)} processes, and cannot go on with {processes}")
    # An optimizer that has made no step has no moments to compare with.
    moments = {i: {"step": torch.zeros(()), "exp_avg": weight, "exp_avg_sq": weight} for i, weight in enumerate(learned)}
    for name, part in {**example, "optimizer": {**example["optimizer"], "state": moments}}.items():
        check_like(path, name, state[name], part)
    for i, generator in enumerate(state["rng"]["cpu"]):
        try:
            torch.Generator().set_state(generator)
        except RuntimeError as error:
            raise ValueError(f"{path}: rng.cpu.{i} must be the state of a generator of random numbers, got none") from error
    if not 1 <= state["step"] <= example["settings"]["steps"]:
        raise ValueError(f"{path}: step must be in [1, {example['settings']['steps']}], got {state['step']}")
    if state["data"]["examples"] != example["data"]["examples"]:
        raise ValueError(f"{path} was written with other examples, and cannot go on with these")
    epoch, before = divmod(state["step"] - 1, batches)
    steps = [("schedule.last_epoch", state["schedule"]["last_epoch"], state["step"])]
    steps += [("data.epoch", state["data"]["epoch"], epoch), ("data.position", state["data"]["position"], before + 1)]
    steps += [(f"optimizer.state.{i}.step", state["optimizer"]["state"][i]["step"].item(), state["step"]) for i in moments]
    for name, found, fitting in steps:
        if found != fitting:
            raise ValueError(f"{path}: {name} must be {fitting} at step {state['step']}, got {found}")


def _check_frozen(path: Path, theirs: str, ours: str) -> None:
    different = set(theirs.split()) ^ set(ours.split())
    if different:
        name = min(different)
        before, now = ("frozen", "learned") if name in theirs.split() else ("learned", "frozen")
        raise ValueError(f"{path} was written with {name} {before}, and cannot go on with it {now} ({len(different)} such)")


def check_like(path: Path, name: str, value: object, example: object) -> None:
    """Refuse a value that is not built as an example is: types, keys, lengths, shapes, dtypes; or whose numbers are not finite.

    Args:
        path: Where the value comes from, for the message.
        name: What the value is called in the message.
        value: What was read.
        example: A value that would fit.

    Raises:
        ValueError: Naming the first part of the value that is wrong, and how.

    Example:
        >>> check_like(Path("a.pt"), "data", {"epoch": 1.0}, {"epoch": 0})
        Traceback (most recent call last):
            ...
        ValueError: a.pt: data.epoch must be of type int, got float
    """
    if isinstance(example, Tensor) and isinstance(value, Tensor):
        for kind in ("layout", "is_meta", "dtype", "shape"):
            if getattr(value, kind) != getattr(example, kind):
                raise ValueError(f"{path}: {name} must have {kind} {getattr(example, kind)}, got {getattr(value, kind)}")
        if not value.isfinite().all():
            raise ValueError(f"{path}: {name} must be finite, got {int((~value.isfinite()).sum())} numbers that are not")
    elif type(value) is not type(example):
        raise ValueError(f"{path}: {name} must be of type {type(example).__name__}, got {type(value).__name__}")
    elif isinstance(example, Mapping):
        assert isinstance(value, Mapping)
        for key in example:
            if key not in value:
                raise ValueError(f"{path} lacks {name}.{key}")
        for key in value:
            if key not in example:
                raise ValueError(f"{path} has the unknown part {name}.{key}")
            check_like(path, f"{name}.{key}", value[key], example[key])
    elif isinstance(example, list | tuple):
        assert isinstance(value, list | tuple)
        if len(value) != len(example):
            raise ValueError(f"{path}: {name} must have {len(example)} entries, got {len(value)}")
        for i, (part, fitting) in enumerate(zip(value, example, strict=True)):
            check_like(path, f"{name}.{i}", part, fitting)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{path}: {name} must be finite, got {value}")
