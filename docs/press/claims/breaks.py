"""Breaks: for each claim, small changes that must make its evidence fall, and the record that they did.

An author writes the change beside the claim, as a diff. ``make breaks`` makes the change, runs the page and records the
error that the evidence fell with. The build refuses a claim without a break, and a record made from other sources.
"""

import ast
import hashlib
import json
import re
import tokenize
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path

from press.cells import Block, blocks_of_page
from press.claims.diff import Change
from press.claims.needed import needed_cells
from press.claims.reach import files_of, new_imports

PAGE = "page"
TORCHS = re.compile(r"\b(?:nn|torch|F)\.\w|\b[Tt]orch\b|PyTorch|SDPA")
OURS = re.compile(r"\b(?:package|ours?)\b|\btransformer\.", re.IGNORECASE)


@dataclass(frozen=True)
class Break(Change):
    """A change that must make a claim's evidence fall.

    ``file`` is the changed file, or ``page`` for cells of the claim's own page. ``wording`` says that the claim is about the
    words of a message, so that its evidence may fall by them.
    """

    file: str = PAGE
    wording: bool = False

    def of_package(self, root: Path) -> tuple[str, str] | None:
        """Return the package's file with the change made, as its name and text; None if the change is one of the page."""
        if self.file == PAGE:
            return None
        return self.file, self.apply((root / self.file).read_text(encoding="utf-8"), self.file)

    def in_cells(self, cells: Sequence[Block]) -> list[Block]:
        """Make the change in the cells of a page; one of the package leaves them as they are."""
        return list(cells) if self.file != PAGE else super().in_cells(cells)

    def check(self, cells: Sequence[Block], root: Path) -> None:
        """See that the change can be made, and that the digest of what is tried covers all that it touches.

        Raises:
            OSError: The file to change is not there.
            ValueError: The old lines are not there once; or the claim's evidence lacks the changed file, or a module that the
                new lines import.
        """
        changed = self.of_package(root)
        tried = changed_cells(self, cells)
        if changed and root / changed[0] not in files_of(tried, root):
            raise ValueError(f"{self.claim}: its evidence does not import {changed[0]}")
        added = [line[1:] for line in self.diff.splitlines() if line.startswith("+")]
        if unknown := new_imports(added, tried, root):
            raise ValueError(f"{self.claim}: its evidence does not import {', '.join(unknown)}")


def misses(change: Break, statement: str) -> bool:
    """Say whether a break changes the package, though the claim speaks of torch and not of the package."""
    return change.file != PAGE and bool(TORCHS.search(statement)) and not OURS.search(statement)


def breaks_of_page(text: str) -> list[Break]:
    """Read the breaks that a page's source states."""
    return [
        Break(block.argument, block.content, block.line, block.options.get("in", PAGE), "wording" in block.options)
        for block in blocks_of_page(text)
        if block.name == "{break}"
    ]


def changed_cells(change: Change, cells: Sequence[Block]) -> list[Block]:
    """Return the cells that a claim's evidence needs once a change is made.

    Args:
        change: A break or a variation.
        cells: The cells of the page.

    Raises:
        ValueError: The change cannot be made in them.
    """
    return needed_cells(change.in_cells(needed_cells(cells)), change.claim)


def digest_of_tried(change: Change, cells: Sequence[Block], root: Path) -> str:
    """Return the digest of what decides how a claim's evidence goes, without a change and with it.

    Args:
        change: A break or a variation; one that cannot be made is refused elsewhere, and counts as none here.
        cells: The cells of the page.
        root: The folder that holds the package.

    Returns:
        The digest of the cells that the evidence needs, and of their part of the package.
    """
    tried = needed_cells(cells, change.claim)
    with suppress(ValueError):
        tried = [*tried, *changed_cells(change, cells)]
    return _digest_of_cells(tried, root)


def digest_of_page(cells: Sequence[Block], root: Path) -> str:
    """Return the digest of what decides how a page's evidence goes: the cells that it needs, and their part of the package."""
    return _digest_of_cells(needed_cells(cells), root)


def _digest_of_cells(cells: Sequence[Block], root: Path) -> str:
    return digest_of_sources([f"{cell.options}{cell.content}" for cell in cells], files_of(cells, root), root)


def digest_of_sources(texts: Sequence[str], files: Iterable[Path], root: Path) -> str:
    """Return the digest of texts and files: of a module its bare code, of any other file its bytes."""
    return digest_of([*texts, *(part for file in files for part in (file.relative_to(root).as_posix(), _content(file)))])


def digest_of_break(change: Break, sources: str) -> str:
    """Return the digest of a break and of the sources that it changes, given as their own digest."""
    return digest_of([change.claim, change.file, change.diff, *(["wording"] if change.wording else []), sources])


def digest_of(parts: Iterable[str]) -> str:
    """Return the digest of texts in their order."""
    found = hashlib.sha256()
    for part in parts:
        found.update(f"{len(part)} {part}".encode())
    return found.hexdigest()


@cache
def _content(file: Path) -> str:
    return _code(file.read_text(encoding="utf-8")) if file.suffix == ".py" else hashlib.sha256(file.read_bytes()).hexdigest()


@cache
def _code(source: str) -> str:
    """Return a module's lines without comments and docstrings: changing those proves nothing anew."""
    lines = source.splitlines()
    for token in tokenize.generate_tokens(StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines[node.lineno - 1 : node.end_lineno] = [""] * ((node.end_lineno or node.lineno) - node.lineno + 1)
    return "\n".join(line.rstrip() for line in lines if line.strip())


def read_record(path: Path) -> dict[str, dict[str, str]]:
    """Read the recorded run: for each claim, the error with which it fell by each of its breaks; empty if there is none."""
    if not path.is_file():
        return {}
    record: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return record
