"""Train a tiny model in two processes. Run by test_parallel.py, in a process of its own.

Usage: python processes.py FOLDER. Prints how often it killed the second pair of runs.
"""

import os
import random
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from tests.transformer.training.forks import code_of, die_at_event, start_child
from tests.transformer.training.helpers import CONFIG, make_examples, make_trainer
from transformer.training import join_processes


def train_together(folders: list[Path], hurt: Callable[[], object], **settings: Any) -> list[int]:
    """Train in one process for each folder; the first calls ``hurt`` before. If it dies, the others are killed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    children = []
    for rank, folder in enumerate(folders):

        def work(rank: int = rank, folder: Path = folder) -> None:
            place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "RANK": rank, "WORLD_SIZE": len(folders)}
            os.environ |= {name: str(value) for name, value in place.items()}
            if rank == 0:
                hurt()
            with join_processes() as process:
                make_trainer(folder, process=process, held_out=make_examples(3), **settings).run()

        children.append(start_child(work))
    codes = [code_of(children[0])]
    for child in children[1:]:
        if codes[0] != 0:
            os.kill(child, signal.SIGKILL)
        codes.append(code_of(child))
    return codes


def curves(folder: Path) -> None:
    """Train without dropout, alone and in two; the second process gets a folder of its own, to see what it writes."""
    for dtype in (torch.float32, torch.float64):
        for name, ranks in (("alone", 1), ("two", 2)):
            folders = [folder / str(dtype) / name / str(rank) for rank in range(ranks)]
            codes = train_together(folders, lambda: None, config=replace(CONFIG, dropout=0.0), dtype=dtype)
            assert codes == [0] * ranks, codes


def kills(folder: Path) -> None:
    """Train with dropout, once without a kill and once with some."""
    assert train_together([folder / "whole"] * 2, lambda: None) == [0, 0]
    places = random.Random(3)  # noqa: S311 - no secret
    for count in range(99):
        place = places.randrange(400_000)
        codes = train_together([folder / "killed"] * 2, lambda place=place: die_at_event(place))  # type: ignore[misc]
        if codes == [0, 0]:
            print(count)
            return
        assert codes[0] == -signal.SIGKILL, codes  # the other may have missed it, and ended by itself
    raise AssertionError("99 lives were not enough")


if __name__ == "__main__":
    torch.set_num_threads(1)
    make_trainer(Path(sys.argv[1]) / "first").run()  # so that the children need not load what a first run loads
    curves(Path(sys.argv[1]))
    kills(Path(sys.argv[1]))
