"""``make bench-checks``: what `make test` and `.ci/run` cost, beside those of another commit, in turn on one machine.

Both trees stand in folders of their own, each with its own environment, made before anything is timed. It needs a machine that
does nothing else, and more than an hour.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from press.audit import measured
from press.audit.copies import copy_sources

REPORT = Path("docs/reference/_check-cost.md")
SOURCES = ("docs/**/*.md", "docs/press/**/*.py", "transformer/**/*", "tests/**/*.py", "Makefile", ".ci/run", "constraints.txt")
PREPARED = (".venv/.ready", ".venv/site/.ready")
STEPS = {"make test": (["make", "test"], 2), ".ci/run": (["bash", ".ci/run"], 1)}
"""What is timed, and how often."""

SMALL = {"make test-pages PAGE=view": (["make", "test-pages", "PAGE=view"], 1)}
CALLER = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHONPATH", "PEER", "SMALL")
"""What make sets for us, and a tree's own make must not see."""


def run(folder: Path, command: Sequence[str]) -> float:
    """Run a command in a tree, and return the seconds.

    Raises:
        SystemExit: It failed; what it printed last is told.
    """
    began = time.perf_counter()
    variables = {name: value for name, value in os.environ.items() if name not in CALLER}
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed in {folder}:\n{(done.stdout + done.stderr)[-3000:]}")
    return time.perf_counter() - began


def two_trees(parent: Path, peer: str) -> dict[str, Path]:
    """Put this tree and another commit into folders of their own, with their environments."""
    trees = {"this book": parent / "this", peer: parent / "peer"}
    copy_sources(Path.cwd(), trees["this book"])
    run(trees["this book"], ["git", "init", "-q"])  # the book copies itself by what git lists
    run(parent, ["git", "clone", "-q", "--no-checkout", str(Path.cwd()), str(trees[peer])])
    run(trees[peer], ["git", "checkout", "-q", peer])
    for folder in trees.values():
        run(folder, ["make", *PREPARED])
    return trees


def measure(parent: Path, peer: str, steps: dict[str, tuple[list[str], int]]) -> str:
    """Time every step in both trees, in turn; return the report."""
    trees = two_trees(parent, peer)
    lines = [
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with {os.cpu_count()} cores, Python {platform.python_version()},",
        "in turn on one machine; the environments were there before.",
        "",
        f"| command | seconds | at {peer} | ratio |",
        "|---|---|---|---|",
    ]
    for name, (command, rounds) in steps.items():
        seconds: dict[str, list[float]] = {tree: [] for tree in trees}
        for _ in range(rounds):
            for tree, folder in trees.items():
                seconds[tree].append(run(folder, command))
                print(f"{name}, {tree}: {seconds[tree][-1]:.0f} s", flush=True)
        ours, theirs = (median(seconds[tree]) for tree in trees)
        lines.append(f"| `{name}` | {ours:.0f} | {theirs:.0f} | {ours / theirs:.2f} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", required=True, help="the other commit")
    parser.add_argument("--small", action="store_true", help="one short step, and no record")
    parser.add_argument("--steps", nargs="+", choices=[*STEPS], default=[*STEPS], help="which of the steps, all if none is named")
    options = parser.parse_args()
    steps = SMALL if options.small else {name: STEPS[name] for name in options.steps}
    with TemporaryDirectory(prefix="bench-checks-") as parent:
        report = measure(Path(parent), options.peer, steps)
    if not options.small:
        measured.write(REPORT, report, SOURCES, Path.cwd())
    print(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
