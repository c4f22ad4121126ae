"""``make other-torch``: run every claim under the installed torch, on one device, and record which evidence fell."""

import argparse
import json
import platform
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

from press.audit.run import fallen, in_words
from press.cells import blocks_of_page, cells_of_page, pages_in
from press.claims.breaks import digest_of_page
from press.claims.versions import CPU, PageRun, VersionRun


def run_page(path: Path, root: Path, device: str) -> PageRun:
    """Run one page in this process, with its tensors on a device."""
    text = path.read_text(encoding="utf-8")
    cells = cells_of_page(text)
    claims = {cell.options["claim"]: "" for cell in cells if "claim" in cell.options}
    for cell, error in fallen(cells, path.stem, device=device):
        claim = cell.options.get("claim", "")
        claims[claim] = claims.get(claim) or in_words(error, cell.content)
    return PageRun(digest_of_page(cells, root), claims)


def _run_book(root: Path, device: str) -> Iterator[tuple[str, PageRun]]:
    pages = [path for path in pages_in(root / "docs") if cells_of_page(path.read_text(encoding="utf-8"))]
    context = get_context("forkserver")
    context.set_forkserver_preload(["torch", "press.audit.run"])
    with ProcessPoolExecutor(max_workers=2 if device == CPU else 4, mp_context=context, max_tasks_per_child=1) as pool:
        for path, run in zip(pages, pool.map(run_page, pages, repeat(root), repeat(device)), strict=True):
            yield path.relative_to(root / "docs").with_suffix("").as_posix(), run


def main() -> int:
    """Run the book, print what fell, and record it; fail over a claim that falls here and does not say so."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, default=Path("docs/press/audit/records/versions"), help="the folder of the records")
    parser.add_argument("--device", default=CPU, help="where tensors are made, such as cuda (%(default)s)")
    options = parser.parse_args()
    root = Path.cwd()
    torch = version("torch").partition("+")[0]
    result = VersionRun(
        torch, platform.python_version(), f"{datetime.now(UTC):%Y-%m-%d}", dict(_run_book(root, options.device)), options.device
    )
    options.into.mkdir(exist_ok=True)
    text = json.dumps(asdict(result), ensure_ascii=False, indent=1, sort_keys=True)
    Path(options.into, f"{result.name.replace(' ', '-')}.json").write_text(text + "\n", encoding="utf-8")
    blocks = [block for page in pages_in(root / "docs") for block in blocks_of_page(page.read_text(encoding="utf-8"))]
    said = {block.argument: block.content for block in blocks if block.name == "{claim}"}
    errors = [(page, claim, error) for page, run in result.pages.items() for claim, error in run.claims.items() if error]
    unsaid = [claim for _, claim, _ in errors if not result.is_said(said.get(claim, ""))]
    for page, claim, error in errors:
        print(f"{page}: {claim or 'a cell of no claim'}: {error}{'' if claim in unsaid else ' (as its sentence says)'}")
    total = sum(len(run.claims) for run in result.pages.values())
    print(f"torch {result.name}: {total - len(errors)} stood, {len(errors)} fell, {len(unsaid)} of them without saying so")
    return 1 if unsaid or not total else 0


if __name__ == "__main__":
    sys.exit(main())
