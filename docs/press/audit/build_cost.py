"""``make bench-build``: what a build costs beyond the cells themselves, with forked kernels and with stock ones, in one run.

The floor is what no kernel can save: the cells' own time over the number of cores, and Sphinx without execution. How long each
page's cells took is recorded: by that a build puts the longest pages first.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from press.audit import measured
from press.audit.copies import copy_sources, make_html
from press.audit.run import fallen
from press.cells import cells_of_page, pages_in
from press.claims import guard
from press.execution import kernels

ROUNDS, SIZES = 3, (10, 40, 160)
REPORT = Path("docs/reference/_build-cost.md")
SECONDS = Path("docs/press/audit/records/seconds.json")
SOURCES = ("docs/**/*.md", "docs/press/**/*.py", "transformer/**/*", "conf.py", "constraints.txt")

WITHOUT = """
def setup(app):
    for event, listeners in app.events.listeners.items():
        app.events.listeners[event] = [one for one in listeners if one.handler.__module__ != {module!r}]
"""
STOCK = WITHOUT.format(module=kernels.__name__)
NO_EXECUTION = f'\nnb_execution_mode = "off"\n{WITHOUT.format(module=guard.__name__)}'
SYNTHETIC = """
claims_breaks = claims_versions = ""
bibtex_bibfiles = []
extensions.remove("sphinxcontrib.bibtex")
"""
PAGE = """---
file_format: mystnb
kernelspec:
  name: python3
  display_name: Python 3
  language: python
---

# Page {number}

```{{claim}} page{number}.three
:verdict: holds
Three ones add up to three.
```
```{{code-cell}} python
:claim: page{number}.three

import torch
assert torch.ones(3).sum() == 3
```
"""


@dataclass(frozen=True)
class Cost:
    """Seconds of a build: on the clock, and of all processors."""

    wall: float
    cpu: float


def timed(folder: Path) -> Cost:
    """Build the book in a folder; once more if two stock kernels took the same port, which happens to them."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    built = make_html(folder)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if built.returncode and "Address already in use" in built.stderr:
        print("two stock kernels took the same port: built once more", flush=True)
        return timed(folder)
    if built.returncode:
        raise SystemExit(built.stderr)
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def middle(costs: list[Cost]) -> Cost:
    """Return the medians of several builds."""
    return Cost(median(cost.wall for cost in costs), median(cost.cpu for cost in costs))


def copy_of_book(folder: Path, conf: str = "", strict: str = "-W ") -> Path:
    """Copy the book, with lines added to its settings."""
    copy_sources(Path.cwd(), folder)
    with Path(folder, "conf.py").open("a", encoding="utf-8") as settings:
        settings.write(conf)
    recipe = Path(folder, "Makefile")
    recipe.write_text(recipe.read_text(encoding="utf-8").replace("-W ", strict), encoding="utf-8")
    return folder


def synthetic_book(folder: Path, pages: int) -> Path:
    """Write a book of equal pages, with this book's settings and its press."""
    copy_of_book(folder, SYNTHETIC)
    for old in [path for path in (folder / "docs").iterdir() if path.name not in ("press", "_static", "404.md")]:
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    names = [f"page{number}" for number in range(pages)]
    for number, name in enumerate(names):
        Path(folder, "docs", f"{name}.md").write_text(PAGE.format(number=number), encoding="utf-8")
    index = "# Index\n\n```{toctree}\n" + "\n".join(names) + "\n```\n"
    Path(folder, "docs", "index.md").write_text(index, encoding="utf-8")
    return folder


def own_seconds(page: Path) -> float:
    """Run a page's cells in this process, without a kernel, and return the time."""
    began = time.perf_counter()
    for cell, error in fallen(cells_of_page(page.read_text(encoding="utf-8")), page.stem):
        raise SystemExit(f"{page}:{cell.line}: {error}")
    return time.perf_counter() - began


def cells_seconds() -> dict[str, float]:
    """Time the cells of every page, each in a fresh process that has imported torch, one after the other."""
    pages = [page for page in pages_in(Path("docs")) if cells_of_page(page.read_text(encoding="utf-8"))]
    context = get_context("forkserver")
    context.set_forkserver_preload(["torch"])
    names = [page.relative_to("docs").with_suffix("").as_posix() for page in pages]
    with ProcessPoolExecutor(max_workers=1, mp_context=context, max_tasks_per_child=1) as pool:
        return {name: round(seconds, 1) for name, seconds in zip(names, pool.map(own_seconds, pages), strict=True)}


def measure(parent: Path, rounds: int, sizes: tuple[int, ...]) -> tuple[str, dict[str, float]]:
    """Build everything in turn; return the report, and the seconds of each page."""
    cores = os.cpu_count() or 1
    folders = {
        "forked kernels": copy_of_book(parent / "ours"),
        "stock kernels": copy_of_book(parent / "stock", STOCK),
        "without execution": copy_of_book(parent / "none", NO_EXECUTION, strict=""),
    }
    costs: dict[str, list[Cost]] = {name: [] for name in folders}
    for _ in range(rounds):
        for name, folder in folders.items():
            costs[name].append(timed(folder))
            print(f"{name}: {costs[name][-1].wall:.1f} s", flush=True)
    pages = cells_seconds()
    cells, (ours, stock, bare) = sum(pages.values()), (middle(costs[name]) for name in folders)
    floor = cells / cores + bare.wall
    longest = max(pages, key=lambda page: pages[page])
    lines = [
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with {cores} cores, Python {platform.python_version()},",
        f"torch {version('torch')}, Sphinx {version('sphinx')}, MyST-NB {version('myst-nb')};",
        f"medians of {rounds} builds, taken in turn.",
        "",
        "| build of this book | seconds | processor seconds | over the floor |",
        "|---|---|---|---|",
        f"| with forked kernels | {ours.wall:.1f} | {ours.cpu:.1f} | {ours.wall - floor:.1f} |",
        f"| with stock kernels | {stock.wall:.1f} | {stock.cpu:.1f} | {stock.wall - floor:.1f} |",
        f"| without execution | {bare.wall:.1f} | {bare.cpu:.1f} | |",
        "",
        f"The cells themselves took {cells:.1f} seconds, those of `{longest}` alone {pages[longest]:.1f},",
        f"so the floor is {cells:.1f} / {cores} + {bare.wall:.1f} = {floor:.1f} seconds.",
        f"Forked kernels cost {(ours.wall - floor) / (stock.wall - floor):.2f} of what stock kernels cost beyond it,",
        f"and the whole build {ours.wall / floor:.2f} times the floor.",
        "",
        "| pages of a synthetic book | seconds | seconds a page |",
        "|---|---|---|",
    ]
    for size in sizes:
        cost = timed(synthetic_book(parent / f"pages{size}", size))
        print(f"{size} pages: {cost.wall:.1f} s", flush=True)
        lines.append(f"| {size} | {cost.wall:.1f} | {cost.wall / size:.2f} |")
    return "\n".join(lines) + "\n", pages


def main() -> int:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="one build of each, one small synthetic book, and no record")
    small = parser.parse_args().small
    with TemporaryDirectory(prefix="bench-build-") as parent:
        report, pages = measure(Path(parent), *((1, SIZES[:1]) if small else (ROUNDS, SIZES)))
    if not small:
        SECONDS.write_text(json.dumps(pages, indent=1) + "\n", encoding="utf-8")
        measured.write(REPORT, report, SOURCES, Path.cwd())
    print(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
