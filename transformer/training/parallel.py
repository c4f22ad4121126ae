"""Several processes that train one model: each takes its share of every batch, and the gradients are averaged."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor


@dataclass(frozen=True)
class Process:
    """Which of how many processes this one is, and where it computes.

    Args:
        rank: Its number, from 0. Process 0 writes the files.
        count: How many there are.
        device: Where its model is.
    """

    rank: int
    count: int
    device: torch.device

    def total(self, x: Tensor) -> Tensor:
        """Add up a tensor over all processes."""
        if self.count > 1:
            dist.all_reduce(x)
        return x

    def gather(self, x: Tensor) -> list[Tensor]:
        """Collect a CPU tensor of every process, in the order of their ranks."""
        if self.count == 1:
            return [x]
        collected: list[Tensor | None] = [None] * self.count
        dist.all_gather_object(collected, x)
        return [part for part in collected if part is not None]

    def gather_generators(self) -> dict[str, list[Tensor]]:
        """Collect the states of every process's generators of random numbers, under the kind of their device."""
        states = {"cpu": torch.get_rng_state()}
        if self.device.type == "cuda":
            states["cuda"] = torch.cuda.get_rng_state()
        return {kind: self.gather(state) for kind, state in states.items()}

    def set_generators(self, states: dict[str, list[Tensor]]) -> None:
        """Set this process's generators to what ``gather_generators`` collected."""
        torch.set_rng_state(states["cpu"][self.rank])
        if self.device.type == "cuda":
            torch.cuda.set_rng_state(states["cuda"][self.rank])

    def wait(self) -> None:
        """Go on only when all processes are here."""
        if self.count > 1:
            dist.barrier()


def first_process() -> bool:
    """Say whether this is the process that writes the files and speaks for all, before or after the others are joined."""
    return int(os.environ.get("RANK", "0")) == 0


@contextmanager
def join_processes() -> Iterator[Process]:
    """Join the processes that ``torchrun`` started; by itself, a program is one process.

    Yields:
        This process. The group ends with the block.

    Example:
        >>> with join_processes() as process:
        ...     process.rank, process.count
        (0, 1)
    """
    count = int(os.environ.get("WORLD_SIZE", "1"))
    rank = int(os.environ.get("RANK", "0"))
    device = torch.device("cpu")
    if torch.cuda.is_available():
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(device)
    if count == 1:
        yield Process(rank, count, device)
        return
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Process(rank, count, device)
    finally:
        dist.destroy_process_group()
