"""``make mutation``: change the package in every small way that mutmut knows, and see what notices.

First the pages alone judge every mutant, each page run in this process as the build runs it. What they let live, the tests judge.
What both let live must stand in ``equivalents.toml`` with the reason why nobody could notice it. Last, a seeded sample of
those that the pages killed goes through the real ``make html``, which must refuse each and name a cell that fell.
"""

import argparse
import os
import platform
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import chdir
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from press.audit.copies import copy_sources, make_html
from press.audit.mutation_record import Count, MutationRun, Sample, Survivor, plain, read_equivalents
from press.audit.mutation_report import sources_digest

PAGES = ["tests/mutation/whole_pages.py"]
TESTS = ["transformer", "tests/transformer"]
LIVED = {0, 5, 33}  # mutmut's words: survived, no tests, no tests
FELL = ("broken evidence", "broken cell")  # the build's words for a cell that fell
SEED = 0
RECORDS = Path("docs/press/audit/records")

SETTINGS = """
[tool.mutmut]
source_paths = ["transformer"]
also_copy = ["docs", "conf.py", "constraints.txt"]
pytest_add_cli_args_test_selection = {}
"""


def judge(folder: Path, tests: Sequence[str], mutants: Sequence[str] = ()) -> dict[str, int]:
    """Run mutmut in a copy of the project with these tests; return each mutant's exit code."""
    copy_sources(Path.cwd(), folder)
    with Path(folder, "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS.format(list(tests)))
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(os.cpu_count() or 1), *mutants]
    with Path(folder, "mutmut.log").open("w", encoding="utf-8") as log:
        subprocess.run(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, check=False)  # noqa: S603 - our own command
    from mutmut.mutation.data import SourceFileMutationData

    found: dict[str, int] = {}
    with chdir(folder):
        for path in sorted(Path("transformer").rglob("*.py")):
            data = SourceFileMutationData(path=path)
            data.load()
            found |= {name: code for name, code in data.exit_code_by_key.items() if code is not None}
    if not found or not set(mutants) <= found.keys():
        raise SystemExit(Path(folder, "mutmut.log").read_text(encoding="utf-8")[-3000:])
    return found


def file_of(mutant: str) -> str:
    """Return the file that a mutant changes."""
    return mutant.rpartition(".")[0].replace(".", "/") + ".py"


def diffs(folder: Path, mutants: Sequence[str]) -> list[Survivor]:
    """Return what each mutant changes."""
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    with chdir(folder):
        return [Survivor(file_of(mutant), plain("\n".join(get_diff_for_mutant(mutant).splitlines()[2:]))) for mutant in mutants]


def build_sample(folder: Path, mutants: Sequence[str], site: Path) -> int:
    """Build the book with each mutant; return how many builds a fallen cell ended."""
    from mutmut.mutation.diff_apply import apply_mutant

    refused = 0
    copy_sources(Path.cwd(), site)
    for mutant in mutants:
        file = file_of(mutant)
        with chdir(folder):
            apply_mutant(mutant)
        shutil.move(folder / file, site / file)
        shutil.copyfile(file, folder / file)
        built = make_html(site)
        noticed = built.returncode == 2 and any(word in built.stderr for word in FELL)
        refused += noticed
        print(f"make html with {mutant}: {'refused' if noticed else 'NOT NOTICED'}", flush=True)
        shutil.copyfile(file, site / file)
    return refused


def main() -> int:
    """Judge, print what lives without a reason, and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=20, help="how many mutants go through make html")
    options = parser.parse_args()
    began = time.monotonic()
    with TemporaryDirectory(prefix="mutation-") as parent:
        by_pages = judge(Path(parent, "pages"), PAGES)
        left = [mutant for mutant, code in by_pages.items() if code in LIVED]
        print(f"{len(by_pages)} mutants, {len(left)} live through the pages", flush=True)
        by_tests = judge(Path(parent, "tests"), TESTS, left) if left else {}
        unnoticed = [mutant for mutant in left if by_tests[mutant] in LIVED]
        reasons = read_equivalents(RECORDS / "equivalents.toml")
        found = diffs(Path(parent, "pages"), unnoticed)
        survivors = [Survivor(one.file, one.diff, reasons.get((one.file, one.diff), "")) for one in found]
        killed = sorted(by_pages.keys() - set(left))
        drawn = random.Random(SEED).sample(killed, min(options.sample, len(killed)))  # noqa: S311 - no secret
        refused = build_sample(Path(parent, "pages"), drawn, Path(parent, "site"))
    made = Counter(map(file_of, by_pages))
    lived = Counter(map(file_of, left))
    open_ = Counter(map(file_of, unnoticed))
    run = MutationRun(
        recorded=f"{datetime.now(UTC):%Y-%m-%d}",
        versions={"Python": platform.python_version(), **{name: version(name) for name in ("torch", "mutmut")}},
        minutes=round((time.monotonic() - began) / 60),
        sources=sources_digest(Path.cwd()),
        files={file: Count(made[file], made[file] - lived[file], lived[file] - open_[file]) for file in sorted(made)},
        survivors=survivors,
        sample=Sample(SEED, len(drawn), refused),
    )
    run.write(RECORDS / "mutation.json")
    unexplained = [survivor for survivor in survivors if not survivor.reason]
    for survivor in unexplained:
        print(f"{survivor.file}: nothing notices\n{survivor.diff}")
    gone = reasons.keys() - {(survivor.file, survivor.diff) for survivor in survivors}
    for file, diff in sorted(gone):
        print(f"{file}: no longer a survivor, drop it from equivalents.toml\n{diff}")
    print(
        f"{len(by_pages)} mutants: pages {len(by_pages) - len(left)}, tests {len(left) - len(unnoticed)}, no one {len(unnoticed)}"
    )
    return 1 if unexplained or gone or refused < len(drawn) or not drawn else 0


if __name__ == "__main__":
    sys.exit(main())
