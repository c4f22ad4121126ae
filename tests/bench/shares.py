"""Where the time of the package's own training step and decoding goes: ``make bench PROFILE=1``."""

from collections.abc import Callable

from torch.profiler import ProfilerActivity, profile

from . import task
from .ours import Ours

REPEATS = 5
TOP = 20


def shares(title: str, run: Callable[[], object]) -> str:
    """Run something several times under the profiler and list the operators that took longest by themselves."""
    run()
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        for _ in range(REPEATS):
            run()
    events = sorted(profiler.key_averages(), key=lambda event: event.self_cpu_time_total, reverse=True)
    total = sum(event.self_cpu_time_total for event in events)
    lines = [f"{title}: {total / REPEATS / 1000:.1f} ms", "  share       ms   calls  operator"]
    for event in events[:TOP]:
        milliseconds = event.self_cpu_time_total / REPEATS / 1000
        lines.append(f"{event.self_cpu_time_total / total:7.1%} {milliseconds:8.2f} {event.count // REPEATS:7}  {event.key}")
    return "\n".join(lines)


def profiles() -> str:
    """Profile greedy decoding and a training step."""
    batch, system = task.make_batch(), Ours()
    decoding = shares("Greedy decoding", lambda: system.greedy(batch.source, task.LENGTH))
    system.model.train()
    return decoding + "\n\n" + shares("A training step", lambda: system.step(batch))
