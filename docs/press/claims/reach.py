"""The files of the package on which the cells of a page depend: the modules that they import, and what these import in turn."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from press.cells import Block
from press.claims.needed import PACKAGE

STARTERS = {"subprocess", "multiprocessing", "concurrent", "os", "pty"}
"""Modules that can start another Python, which imports what it likes."""


def files_of(cells: Sequence[Block], root: Path) -> list[Path]:
    """Return the files of the package on which cells depend.

    Args:
        cells: Cells of a page, in their order.
        root: The folder that holds the package.

    Returns:
        The modules that the cells import, and those that these import; the data files beside them; all of the package if the
        cells start another Python and speak of the package to it.
    """
    try:
        read = [_read(cell.content) for cell in cells]
    except SyntaxError:  # no plain Python could import anything; the build refuses it
        return _all_files(root)
    if any(starts for _, starts in read):
        return _all_files(root)
    return list(_with_data(root, frozenset(name for names, _ in read for name in names)))


@cache
def _read(source: str) -> tuple[tuple[str, ...], bool]:
    """What a cell imports of the package, and whether it starts another Python that may import all of it."""
    tree = ast.parse(source)
    return tuple(imported(tree)), _starts_another(tree)


@cache
def _with_data(root: Path, names: frozenset[str]) -> tuple[Path, ...]:
    modules = _closure(root, names)
    return tuple(sorted({*modules, *(file for folder in {module.parent for module in modules} for file in _data_of(folder))}))


def _all_files(root: Path) -> list[Path]:
    return sorted(_files_in(root / PACKAGE))


def _files_in(folder: Path) -> Iterator[Path]:
    """List all files below a folder but bytecode, which outlives its module."""
    return (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def imported(tree: ast.AST) -> Iterator[str]:
    """Name what a piece of code may import of the package, by full names.

    Raises:
        ValueError: An import is relative, so that its full name is not written there.
    """
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                found = [alias.name for alias in aliases]
            case ast.ImportFrom(module=str(module), level=0, names=aliases):
                found = [f"{module}.{alias.name}" for alias in aliases]
            case ast.ImportFrom(lineno=line):
                raise ValueError(f"line {line}: a relative import, expected full names")
            case _:
                continue
        yield from (name for name in found if name.split(".")[0] == PACKAGE)


def _closure(root: Path, names: Iterable[str]) -> set[Path]:
    found: set[Path] = set()
    waiting = list(names)
    while waiting:
        words = waiting.pop().split(".")
        for end in range(1, len(words) + 1):
            module = root.joinpath(*words[:end])
            for path in (module / "__init__.py", module.with_suffix(".py")):
                if path.is_file() and path not in found:
                    found.add(path)
                    waiting += _imports_of(path.read_text(encoding="utf-8"))
    return found


@cache
def _imports_of(source: str) -> tuple[str, ...]:
    return tuple(imported(ast.parse(source)))


def _data_of(folder: Path) -> Iterator[Path]:
    """List the files in a folder that are no modules, and those of its folders that hold data alone."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not any(path.rglob("*.py")):
            yield from _files_in(path)
        elif path.is_file() and path.suffix != ".py":
            yield path


def _starts_another(tree: ast.AST) -> bool:
    starts = speaks = False
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                starts |= any(alias.name.split(".")[0] in STARTERS for alias in aliases)
            case ast.ImportFrom(module=str(module)):
                starts |= module.split(".")[0] in STARTERS or module.startswith("torch.multiprocessing")
            case ast.Constant(value=str(text)):
                speaks |= PACKAGE in text
    return starts and speaks


def new_imports(lines: Iterable[str], cells: Sequence[Block], root: Path) -> list[str]:
    """Name the modules of the package that lines of code import and cells do not."""
    known = {*files_of(cells, root)}
    found = []
    for line in lines:
        try:
            names = list(imported(ast.parse(line.strip())))
        except SyntaxError:  # a piece of a statement, which imports nothing by itself
            continue
        found += [name for name in names if not _closure(root, [name]) <= known]
    return found
