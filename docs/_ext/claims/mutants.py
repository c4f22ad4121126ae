"""``make mutants``: make every break, one at a time, and see its claim's evidence fall.

Each break runs in a process of its own: a copy of the package with the change in it, then every cell of the page in order, as the
tests run them. The evidence must fall with an error of its own, not with a name that an earlier cell failed to define.
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
from multiprocessing import get_context
from pathlib import Path

from claims.breaks import PACKAGE, Break, breaks_of_page, cells_of_page, digest_of_break, digest_of_page, read_record
from claims.run import fallen, in_words
from claims.source import Block

NO_VERDICT = (NameError, ImportError, SyntaxError)  # the change broke the cell, not the claim
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
    for path in sorted((root / "docs").rglob("*.md")):
        page = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        if wanted in page:
            cells = cells_of_page(text)
            sources = digest_of_page(cells, root)
            found += [Task(change, cells, root, page, digest_of_break(change, sources)) for change in breaks_of_page(text)]
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
    raise ValueError(f"{change.claim}: the old lines occur once in no cell of the page")


def _run_cells(cells: Sequence[Block], claim: str) -> tuple[str, str]:
    for cell, error in fallen(cells, claim):
        if cell.options.get("claim") == claim:
            said = in_words(error, cell.content)[:LONGEST]
            return ("", f"fell for another reason: {said}") if isinstance(error, NO_VERDICT) else (said, "")
    return "", "survived"


def main() -> int:
    """Run the breaks, print what survived, and record what fell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", default="", help="only pages with this in their path")
    parser.add_argument("--sample", type=int, default=0, help="only so many, drawn with a fixed seed; nothing is recorded")
    parser.add_argument("--record", type=Path, default=Path("docs/breaks.json"), help="where the run is recorded")
    options = parser.parse_args()
    tasks = tasks_of_book(Path.cwd(), options.page)
    if options.sample:
        tasks = random.Random(0).sample(tasks, min(options.sample, len(tasks)))  # noqa: S311 - no secret
    context = get_context("forkserver")
    context.set_forkserver_preload(["torch"])
    record = {} if not options.page else read_record(options.record)
    survived = 0
    with ProcessPoolExecutor(max_workers=2, mp_context=context, max_tasks_per_child=1) as pool:
        for task, (error, reason) in zip(tasks, pool.map(run, tasks), strict=True):
            if error:
                record[task.change.claim] = {"digest": task.digest, "error": error}
            else:
                survived += 1
                record.pop(task.change.claim, None)
                print(f"{task.page}:{task.change.line}: {task.change.claim}: {reason}", flush=True)
    if not options.sample:
        options.record.write_text(json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{len(tasks) - survived} passed, {survived} failed")
    return 1 if survived or not tasks else 0


if __name__ == "__main__":
    sys.exit(main())
