"""The figures as a fragment that a page of the book includes."""

import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from . import task
from .measure import FLOOR, WARM_UP, Contest
from .ours import Ours, System


def processor() -> str:
    """Name the processor as the machine does."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def table(contest: Contest) -> list[str]:
    """Lay out a contest, one line a system."""
    best, bare = contest.best_peer(), contest.middle(FLOOR)
    lines = [
        f"| {contest.title} | tokens per second | middle half | to the fastest peer | to the floor |",
        "|---|---|---|---|---|",
    ]
    for name in contest.turns:
        low, high = contest.middle_half(name)
        speed = contest.middle(name)
        lines.append(f"| {name} | {speed:,.0f} | {low:,.0f} to {high:,.0f} | {speed / best:.2f} | {speed / bare:.2f} |")
    return lines


def fragment(
    training: Contest, decoding: Contest, systems: Sequence[type[System]], parameters: dict[str, int], rounds: int
) -> str:
    """Write the fragment."""
    lines = [
        f"Measured on one {processor()} with {task.THREADS} threads, Python {platform.python_version()},",
        f"torch {version('torch')}, transformers {version('transformers')}, x-transformers {version('x-transformers')};",
        f"medians of {rounds} rounds after {WARM_UP} that do not count, every system in turn in each round.",
        "A token is a token of the target. The middle half is without the slowest and the fastest quarter of the rounds.",
        "",
        *table(training),
        "",
        *table(decoding),
        "",
        f"All have {task.LAYERS} + {task.LAYERS} layers of width {task.D_MODEL} with {task.HEADS} heads, {task.D_FF} inside the",
        f"feed-forward networks, and {task.VOCABULARY:,} tokens in each vocabulary, untied; random weights, float32,",
        f"nothing compiled. A batch is {task.BATCH} sources and {task.BATCH} targets of {task.LENGTH} tokens, without padding.",
        f"A training step is the forward pass, the cross-entropy with label smoothing {task.LABEL_SMOOTHING}, the backward pass,",
        f"the clipping of the gradient and a step of fused AdamW. Dropout {task.DROPOUT} falls on the embeddings, the attention",
        "weights and the output of every sub-layer, in all systems, and nowhere else.",
        f"Decoding makes {task.LENGTH} tokens for each source; the end never wins. The floor is the matrix products of the same",
        "work, with as many multiply-adds as the package makes, and nothing else.",
        "",
        "| system | parameters | choices |",
        "|---|---|---|",
        *(f"| {system.name} | {parameters[system.name]:,} | {system.choices} |" for system in systems),
    ]
    return "\n".join(lines) + "\n"


def check_parameters(parameters: dict[str, int]) -> None:
    """Stop unless all systems are of one size."""
    for name, count in parameters.items():
        if abs(count / parameters[Ours.name] - 1) > 0.03:
            raise SystemExit(f"{name} has {count:,} parameters, not about {parameters[Ours.name]:,}")
