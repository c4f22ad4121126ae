"""One trial of a page: its cells with a break, with a variation or under another seed, run in this process."""

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from press.audit.run import fallen, in_words
from press.cells import Block, cells_of_page, pages_in
from press.claims.breaks import Break, breaks_of_page, changed_cells, digest_of_break, digest_of_page, digest_of_tried
from press.claims.needed import PACKAGE, needed_cells
from press.claims.variations import (
    SEEDS,
    Variation,
    digest_of_seeds,
    digest_of_variation,
    reseeded,
    variations_of_page,
)

NO_VERDICT = (NameError, ImportError, SyntaxError)  # the change broke the cell, not the claim
BY_WORDING = re.compile(r"AssertionError: expected (\w+) with .*, got \1: ", re.DOTALL)
"""An error of the kind that was expected, in other words: see ``transformer.teaching.raises``."""

LONGEST = 300  # characters of an error that are recorded


@dataclass(frozen=True)
class Page:
    """A page with all that it takes to try its evidence."""

    path: str
    every_cell: Sequence[Block]
    root: Path

    def cells(self, claim: str = "") -> list[Block]:
        """Return the cells that the evidence needs, or that of one claim."""
        return needed_cells(self.every_cell, claim)

    @property
    def name(self) -> str:
        """What Sphinx calls it."""
        return self.path.removeprefix("docs/").removesuffix(".md")


@dataclass(frozen=True)
class Trial:
    """A page with a change: a break, a variation, or what is added to its seeds. ``digest`` is what the record knows it by."""

    page: Page
    digest: str
    change: Break | Variation | int

    @property
    def claim(self) -> str:
        """The claim whose evidence is in question; empty if that of all is."""
        return "" if isinstance(self.change, int) else self.change.claim

    @property
    def where(self) -> str:
        """Name it in a message."""
        return self.page.path if isinstance(self.change, int) else f"{self.page.path}:{self.change.line}: {self.claim}"

    @property
    def cells(self) -> list[Block]:
        """The cells that the evidence in question needs, with the change if it is one of the page: it may need more of them."""
        match self.change:
            case int(offset):
                return reseeded(self.page.cells(), offset) if offset else self.page.cells()
            case change:
                return changed_cells(change, self.page.every_cell)

    def plain(self) -> "Trial":
        """Return the same evidence as it is: all that it needs is in its cells only if it then stands."""
        return replace(self, change=Variation(self.claim, "", 0))


def trials_of_book(root: Path) -> list[Trial]:
    """Read every trial that the book's pages ask for."""
    return [trial for path in pages_in(root / "docs") for trial in _trials_of_page(root, path)]


def _trials_of_page(root: Path, path: Path) -> Iterator[Trial]:
    text = path.read_text(encoding="utf-8")
    cells = cells_of_page(text)
    if any("claim" in cell.options for cell in cells):
        sources = digest_of_page(cells, root)
        page = Page(path.relative_to(root).as_posix(), cells, root)
        for broken in breaks_of_page(text):
            yield Trial(page, digest_of_break(broken, digest_of_tried(broken, cells, root)), broken)
        for varied in variations_of_page(text):
            yield Trial(page, digest_of_variation(varied, digest_of_tried(varied, cells, root)), varied)
        yield from (Trial(page, digest_of_seeds(sources), offset) for offset in SEEDS)


def fell(trial: Trial) -> tuple[str, str]:
    """Make a break; return the error with which the claim's evidence fell, or why it did not."""
    assert isinstance(trial.change, Break)
    change, page = trial.change, trial.page
    try:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(page.root / PACKAGE, Path(folder, PACKAGE), ignore=shutil.ignore_patterns("__pycache__"))
            if changed_file := change.of_package(page.root):
                Path(folder, changed_file[0]).write_text(changed_file[1], encoding="utf-8")
            sys.path.insert(0, folder)
            return _first_fall(trial.cells, change)
    except ValueError as error:
        return "", str(error)


def _first_fall(cells: Sequence[Block], change: Break) -> tuple[str, str]:
    for cell, error in fallen(cells, change.claim):
        if cell.options.get("claim") == change.claim:
            said = in_words(error, cell.content)[:LONGEST]
            if isinstance(error, NO_VERDICT):
                return "", f"fell for another reason: {said}"
            if BY_WORDING.match(said) and not change.wording:
                return "", f"fell by the wording of a message (say :wording: if the claim is about it): {said}"
            return said, ""
    return "", "survived"


def stood(trial: Trial) -> list[str]:
    """Make a variation, or run a page under other seeds or as it is; return what fell, which nothing may."""
    match trial.change:
        case int(seed):
            how = f"with {seed} added to every seed"
        case Variation(words=words):
            how = f"with {words}" if words else "unbroken"
        case Break():
            raise TypeError("a break must fall")
    try:
        runs = fallen(trial.cells, trial.page.path, seed=trial.change if isinstance(trial.change, int) else 0)
    except ValueError as error:
        return [f"{trial.where}: {error}"]
    found = [(cell.options.get("claim", ""), cell, error) for cell, error in runs]
    return [
        f"{trial.page.path}:{cell.line}: {claim or 'a cell'} fell {how}: {in_words(error, cell.content)[:LONGEST]}"
        for claim, cell, error in found
        if trial.claim in ("", claim)
    ]
