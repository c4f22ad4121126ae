"""``make breaks``: make the breaks of which there is no valid record, one at a time, and see each claim's evidence fall.

Each break runs in a process of its own: a copy of the package with the change in it, then the cells that the page's evidence
needs, in order. The evidence must fall with an error of its own, not with a name that an earlier cell failed to define. First the
same cells run unbroken, and no evidence may fall: so they are all that it needs.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

from press.audit.run import fallen, in_words
from press.cells import Block, cells_of_page, pages_in
from press.claims.breaks import Break, breaks_of_page, digest_of_break, digest_of_page, read_record
from press.claims.needed import PACKAGE, needed_cells

NO_VERDICT = (NameError, ImportError, SyntaxError)  # the change broke the cell, not the claim
RECORD = Path("docs/press/audit/records/breaks.json")
LONGEST = 300  # characters of an error that are recorded


@dataclass(frozen=True)
class Task:
    """A break with all that it takes to run it."""

    change: Break
    cells: Sequence[Block]
    root: Path
    page: str
    digest: str


def tasks_of_book(root: Path, wanted: str) -> list[Task]:
    """Read every break of the book's pages whose path has these words in it."""
    found = []
    for path in pages_in(root / "docs"):
        page = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        if wanted in page:
            cells = cells_of_page(text)
            sources, needed = digest_of_page(cells, root), needed_cells(cells)
            found += [Task(change, needed, root, page, digest_of_break(change, sources)) for change in breaks_of_page(text)]
    return found


def run(task: Task) -> tuple[str, str]:
    """Make one break; return the error with which the claim's evidence fell, or why it did not."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(task.root / PACKAGE, Path(folder, PACKAGE), ignore=shutil.ignore_patterns("__pycache__"))
            cells = _changed(task, Path(folder))
            sys.path.insert(0, folder)
            return _run_cells(cells, task.change.claim)
    except ValueError as error:
        return "", str(error)


def _changed(task: Task, folder: Path) -> list[Block]:
    change = task.change
    if changed_file := change.of_package(task.root):
        name, text = changed_file
        Path(folder, name).write_text(text, encoding="utf-8")
        return list(task.cells)
    own = [cell for cell in task.cells if cell.options.get("claim") == change.claim]
    for candidates in (own, task.cells):
        for cell in candidates:
            try:
                text = change.apply(cell.content.rstrip("\n"))
            except ValueError:
                continue
            return [cell.with_content(text) if other is cell else other for other in task.cells]
    raise ValueError(f"{change.claim}: the old lines occur once in no cell that the evidence needs")


def _run_cells(cells: Sequence[Block], claim: str) -> tuple[str, str]:
    for cell, error in fallen(cells, claim):
        if cell.options.get("claim") == claim:
            said = in_words(error, cell.content)[:LONGEST]
            return ("", f"fell for another reason: {said}") if isinstance(error, NO_VERDICT) else (said, "")
    return "", "survived"


def run_unbroken(task: Task) -> list[str]:
    """Run the cells of a task's page as they are; return what fell, which nothing may."""
    found = fallen(task.cells, task.page)
    return [f"{task.page}:{cell.line}: fell unbroken: {in_words(error, cell.content)}" for cell, error in found]


def main() -> int:
    """Run the breaks, print what survived, and record what fell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", default="", help="only pages with this in their path")
    parser.add_argument("--all", action="store_true", help="also the breaks that have a valid record")
    parser.add_argument("--sample", type=int, default=0, help="only so many of all, drawn with a fixed seed; nothing is recorded")
    parser.add_argument("--record", type=Path, default=RECORD, help="where the run is recorded")
    options = parser.parse_args()
    everything = tasks_of_book(Path.cwd(), options.page)
    record = read_record(options.record)
    tasks = [task for task in everything if options.all or record.get(task.change.claim, {}).get("digest") != task.digest]
    if options.sample:
        tasks = random.Random(0).sample(everything, min(options.sample, len(everything)))  # noqa: S311 - no secret
    elif not options.page:
        record = {task.change.claim: record[task.change.claim] for task in everything if task.change.claim in record}
    context = get_context("forkserver")
    context.set_forkserver_preload(["torch"])
    survived = 0
    with ProcessPoolExecutor(max_workers=2, mp_context=context, max_tasks_per_child=1) as pool:
        # A sample records nothing, so it takes the cells that are needed from the record's own run.
        of_pages = {} if options.sample else {task.page: task for task in tasks}
        unbroken = dict(zip(of_pages, pool.map(run_unbroken, of_pages.values()), strict=True))
        for task, (error, reason) in zip(tasks, pool.map(run, tasks), strict=True):
            if error and not unbroken.get(task.page):
                record[task.change.claim] = {"digest": task.digest, "error": error}
            else:
                survived += 1
                record.pop(task.change.claim, None)
                why = reason or "its page fell unbroken"
                print(f"{task.page}:{task.change.line}: {task.change.claim}: {why}", flush=True)
    for line in chain.from_iterable(unbroken.values()):
        print(line)
    if not options.sample:
        options.record.write_text(json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    valid = f", {len(everything) - len(tasks)} have a valid record" if not options.sample else ""
    print(f"{len(tasks) - survived} passed, {survived} failed{valid}")
    return 1 if survived or not everything else 0


if __name__ == "__main__":
    sys.exit(main())
