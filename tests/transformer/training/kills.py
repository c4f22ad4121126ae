"""Kill a tiny run with SIGKILL, in forked processes, and let it go on, until it ends. Run by test_kills.py, in its own process.

Usage: python kills.py FOLDER. Prints how often it killed; fails if a run ends otherwise than one that was not killed.
"""

import os
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from tests.transformer.training.forks import die_at_event, die_at_write, in_child
from tests.transformer.training.helpers import make_examples, make_trainer, result_of

SHORT = {"steps": 2, "save_every": 1, "log_every": 1, "average": 1, "warmup_steps": 1, "decay_steps": 1}


def train(folder: Path, **settings: Any) -> None:
    make_trainer(folder, held_out=make_examples(3), **settings).run()


def until_the_end(folder: Path, settings: dict[str, Any], hurt: Callable[[int], None], most: int) -> int:
    """Train, be killed, go on; return how often it was killed."""
    for life in range(most):

        def live(life: int = life) -> None:
            hurt(life)
            train(folder, **settings)

        code = in_child(live)
        if code == 0:
            return life
        assert code == -signal.SIGKILL, code
    raise AssertionError(f"{most} lives were not enough")


def same_as_whole(folder: Path, whole: dict[str, Any], what: str) -> None:
    result = result_of(folder)
    for part, value in whole.items():
        assert result[part] == value, f"{part} after {what}"


def at_random(folder: Path) -> int:
    """Kill four runs at random places, each again and again."""
    assert in_child(lambda: train(folder / "whole")) == 0
    whole, kills, chance = result_of(folder / "whole"), 0, random.Random(5)  # noqa: S311 - no secret
    for run in range(4):
        places = [chance.randrange(400_000) for _ in range(99)]  # a whole run has about 420,000
        kills += until_the_end(folder / str(run), {}, lambda life, places=places: die_at_event(places[life]), 99)  # type: ignore[misc]
        same_as_whole(folder / str(run), whole, f"{kills} kills")
    return kills


def at_every_write(folder: Path) -> int:
    """Kill once at every moment at which the disk changes."""
    assert in_child(lambda: train(folder / "whole", **SHORT)) == 0
    whole = result_of(folder / "whole")
    for number in range(1, 999):
        here = folder / str(number)

        def hurt(life: int, number: int = number) -> None:
            if life == 0:
                die_at_write(number)

        killed = until_the_end(here, SHORT, hurt, 2)
        same_as_whole(here, whole, f"a kill at write {number}")
        if not killed:
            return number - 1
    raise AssertionError("a run has no end")


def ignore(fd: object) -> None:
    """Stand in for ``os.fsync``, which helps against power cuts, not against kills, and is slow."""
    del fd


if __name__ == "__main__":
    torch.set_num_threads(1)
    os.fsync = ignore
    folder = Path(sys.argv[1])
    train(folder / "first")  # so that the children need not load what a first run loads
    print(at_every_write(folder / "write"), at_random(folder / "random"))
