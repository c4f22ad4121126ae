"""The figures as a fragment that a page of the book includes."""

import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from . import task
from .measure import ALONE, FLOOR, WARM_UP, Contest
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
    best, bare = contest.best_peer(), contest.middle(FLOOR) if FLOOR in contest.turns else None
    last = "" if bare is None else " to the floor |"
    lines = [
        f"| {contest.title} | tokens per second | middle half | to the fastest peer |{last}",
        "|---|---|---|---|" + ("---|" if last else ""),
    ]
    for name in contest.turns:
        low, high = contest.middle_half(name)
        speed = contest.middle(name)
        end = "" if bare is None else f" {speed / bare:.2f} |"
        lines.append(f"| {name} | {speed:,.0f} | {low:,.0f} to {high:,.0f} | {speed / best:.2f} |{end}")
    return lines


def times(contest: Contest) -> list[str]:
    """Lay out a contest by the time of a turn, one line a system."""
    best = contest.best_peer()
    lines = [f"| {contest.title} | milliseconds | middle half | speed, to the fastest peer |", "|---|---|---|---|"]
    for name in contest.turns:
        middle, high, low = (1000 * contest.tokens / speed for speed in (contest.middle(name), *contest.middle_half(name)))
        lines.append(f"| {name} | {middle:.1f} | {low:.1f} to {high:.1f} | {contest.middle(name) / best:.2f} |")
    return lines


def faster(contest: Contest) -> list[str]:
    """Name the systems whose median is above the package's, the floor left out; the fastest first."""
    own = contest.middle(Ours.name)
    return sorted(
        (name for name in contest.turns if name != FLOOR and contest.middle(name) > own), key=contest.middle, reverse=True
    )


def losses(contests: Sequence[Contest]) -> list[str]:
    """Say where the package is slower, one line a contest."""
    lost = {contest.title: found for contest in contests if (found := faster(contest))}
    if not lost:
        return ["By the medians this package is slower than no other system."]
    return [
        "By the medians this package is slower than others:",
        "",
        *(f"- {title}: {'; '.join(names)}." for title, names in lost.items()),
    ]


def fragment(contests: Sequence[Contest], systems: Sequence[type[System]], parameters: dict[str, int], rounds: int) -> str:
    """Write the fragment."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("torch", "transformers", "x-transformers", "ctranslate2"))
    lines = [
        f"Measured on one {processor()} with {task.THREADS} threads, Python {platform.python_version()},",
        f"{libraries};",
        f"medians of {rounds} rounds after {WARM_UP} that do not count, every system in turn in each round.",
        "A token is a token of the target. The middle half is without the slowest and the fastest quarter of the rounds.",
        "",
    ]
    for contest in contests:
        lines += [*(times(contest) if contest.title == ALONE else table(contest)), ""]
    lines += [*losses(contests), ""]
    lines += [
        f"All have {task.LAYERS} + {task.LAYERS} layers of width {task.D_MODEL} with {task.HEADS} heads, {task.D_FF} inside the",
        f"feed-forward networks, and {task.VOCABULARY:,} tokens in each vocabulary, untied; random weights, and float32 but for",
        f"int8. A batch is {task.BATCH} sources and {task.BATCH} targets of {task.LENGTH} tokens, without padding.",
        f"A training step is the forward pass, the cross-entropy with label smoothing {task.LABEL_SMOOTHING}, the backward pass,",
        f"the clipping of the gradient and a step of fused AdamW. Dropout {task.DROPOUT} falls on the embeddings, the attention",
        "weights and the output of every sub-layer, in all systems, and nowhere else.",
        f"Decoding makes {task.LENGTH} tokens for each source; the end never wins. One short word is one source of {task.SHORT}",
        f"tokens, of which {task.SHORT} are made. The floor is the matrix products of the same work, with as many multiply-adds",
        "as the package makes, and nothing else. Compiled is `torch.compile` in its default mode, without the time of compiling.",
        "CTranslate2 decodes with this package's model, exported.",
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
