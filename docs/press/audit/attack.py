"""``make attack``: every page under a seed that nobody has tried, and each property against many more cases than a build draws.

It records nothing. What fell is printed with the number that was added to the seeds, and for a property with the smallest case.
"""

import argparse
import random
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

from press.audit.run import fallen, in_words
from press.cells import cells_of_page, pages_in
from press.claims.variations import reseeded

DEEP, SHORT = 3000, 200  # cases of a property


def attack_page(path: Path, offset: int, cases: int) -> list[str]:
    """Run a page's cells with a number added to every seed; return what fell."""
    from hypothesis import Phase, settings

    settings.register_profile("attack", max_examples=cases, deadline=None, database=None, phases=set(Phase) - {Phase.explain})
    settings.load_profile("attack")
    cells = reseeded(cells_of_page(path.read_text(encoding="utf-8")), offset)
    how = f"fell with {offset} added to every seed"
    return [
        f"{path}:{cell.line}: {cell.options.get('claim', 'a cell')} {how}: {in_words(error, cell.content)}"
        for cell, error in fallen(cells, path.stem, seed=offset)
    ]


def _attack_book(pages: list[Path], offset: int, cases: int) -> Iterator[str]:
    context = get_context("forkserver")
    context.set_forkserver_preload(["torch", "press.audit.run"])
    with ProcessPoolExecutor(max_workers=2, mp_context=context, max_tasks_per_child=1) as pool:
        for lines in pool.map(attack_page, pages, repeat(offset), repeat(cases)):
            yield from lines


def main() -> int:
    """Attack the pages, and print what fell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", default="", help="only pages with this in their path")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="what is added to every seed")
    parser.add_argument("--small", action="store_true", help=f"{SHORT} cases of a property instead of {DEEP}")
    options = parser.parse_args()
    found = [path for path in pages_in(Path("docs")) if options.page in path.as_posix()]
    pages = [path for path in found if cells_of_page(path.read_text(encoding="utf-8"))]
    print(f"{len(pages)} pages with {options.seed} added to every seed", flush=True)
    count = 0
    for line in _attack_book(pages, options.seed, SHORT if options.small else DEEP):
        print(line, flush=True)
        count += 1
    print(f"{count} cells fell")
    return 1 if count or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
