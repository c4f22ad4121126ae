"""The clock: every system in turn, round after round, so that a slow minute is slow for all."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import median, quantiles

from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from . import floor, task
from .engines import Engine
from .ours import Ours, System

ROUNDS = 15
WARM_UP = 2  # rounds that do not count
STEPS = 3  # of training in a turn
TOLERANCE = 0.02  # of the floor's multiply-adds
FLOOR = "the floor"
ALONE = "One short word"


@dataclass
class Contest:
    """Turns that do the same, and how fast each of them was."""

    title: str
    tokens: int  # of the target, in a turn
    peers: Sequence[str]  # the other libraries in it
    turns: dict[str, Callable[[], object]]
    speeds: dict[str, list[float]] = field(default_factory=dict)

    def run(self, name: str, count: bool) -> None:
        """Let a system take its turn."""
        began = time.perf_counter()
        self.turns[name]()
        speed = self.tokens / (time.perf_counter() - began)
        if count:
            self.speeds.setdefault(name, []).append(speed)

    def middle(self, name: str) -> float:
        """Return a system's median, in tokens per second."""
        return median(self.speeds[name])

    def middle_half(self, name: str) -> tuple[float, float]:
        """Return what a quarter of the turns were below, and what a quarter were above."""
        low, _, high = quantiles(self.speeds[name], n=4)
        return low, high

    def best_peer(self) -> float:
        """Return the median of the fastest of the other libraries."""
        return max(map(self.middle, self.peers))


def check_floor() -> None:
    """Stop unless the floor multiplies as often as the package does."""
    batch, system = task.make_batch(), Ours()
    runs: list[tuple[str, Callable[[], object], int]] = [
        ("a training step", lambda: system.step(batch), floor.training_step().multiply_adds),
        ("greedy decoding", lambda: system.greedy(batch.source, task.LENGTH), floor.greedy().multiply_adds),
    ]
    for title, run, bare in runs:
        # The counter knows the attention's products only where they run one by one.
        with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
            run()
        ours = counter.get_total_flops() // 2
        print(f"{title}: {ours:,} multiply-adds, and {bare:,} in the floor", flush=True)
        if abs(ours / bare - 1) > TOLERANCE:
            raise SystemExit(f"the floor of {title} has {bare:,} multiply-adds, but the package makes {ours:,}")


def check_tokens(name: str, tokens: Tensor, batch: int, length: int) -> None:
    """Stop unless every source got all its tokens."""
    if tokens.shape != (batch, length) or (tokens == task.END).any():
        raise SystemExit(f"{name} did not make {length} tokens for each of {batch} sources: {tuple(tokens.shape)}")


def check_losses(name: str, losses: Sequence[float]) -> None:
    """Stop unless the system learned."""
    if not all(map(math.isfinite, losses)) or losses[-1] >= losses[0]:
        raise SystemExit(f"{name} did not learn: its loss went from {losses[0]} to {losses[-1]}")


def measure(
    systems: Sequence[Callable[[], System]], engines: Sequence[Callable[[], Engine]], rounds: int = ROUNDS
) -> list[Contest]:
    """Let all train and decode in turn, as they come and compiled, and the bare products too, for so many rounds that count."""
    batch = task.make_batch()
    learners = [system() for system in systems]
    # Untrained, so that the end stays without a chance
    speakers: list[System | Engine] = [*(system() for system in systems), *(engine() for engine in engines)]
    peers = [system.name for system in learners if system.name != Ours.name]
    losses: dict[str, list[float]] = {}

    def learn(title: str, system: System) -> None:
        system.model.train()
        losses.setdefault(f"{title}: {system.name}", []).extend(system.step(batch) for _ in range(STEPS))

    def speak(system: System | Engine, source: Tensor, length: int) -> None:
        check_tokens(system.name, system.greedy(source, length), len(source), length)

    def repeat(work: floor.Work, times: int) -> None:
        for _ in range(times):
            work.run()

    def training(title: str, learners: Sequence[System]) -> Contest:
        return Contest(title, STEPS * task.TOKENS, peers, {one.name: partial(learn, title, one) for one in learners})

    def decoding(title: str, speakers: Sequence[System | Engine], source: Tensor, length: int) -> Contest:
        turns: dict[str, Callable[[], object]] = {one.name: partial(speak, one, source, length) for one in speakers}
        return Contest(title, source.shape[0] * length, peers, turns)

    contests = [
        training("Training", learners),
        decoding("Greedy decoding", speakers, batch.source, task.LENGTH),
        decoding(ALONE, speakers, batch.source[:1, : task.SHORT], task.SHORT),
        training("Training, compiled", [compiled(system) for system in systems]),
        decoding("Greedy decoding, compiled", [compiled(system) for system in systems], batch.source, task.LENGTH),
    ]
    contests[0].turns[FLOOR] = partial(repeat, floor.training_step(), STEPS)
    contests[1].turns[FLOOR] = partial(repeat, floor.greedy(), 1)
    for turn in range(-WARM_UP, rounds):
        for contest in contests:
            order = list(contest.turns)
            first = turn % len(order)  # so that no system always follows the same one
            for name in order[first:] + order[:first]:
                contest.run(name, count=turn >= 0)
        print(f"round {turn + 1} of {rounds}" if turn >= 0 else "warm-up", flush=True)
    for name, values in losses.items():
        check_losses(name, values)
    return contests


def compiled(kind: Callable[[], System]) -> System:
    """Make a system whose modules ``torch.compile`` compiles in its default mode, when they are first called."""
    system = kind()
    for part in system.parts():
        part.compile()
    return system
