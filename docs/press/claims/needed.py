"""Which cells of a page its evidence needs, told from the names that they bind and use.

A page that draws a picture, or checks an exercise, proves no claim with it. `make breaks` runs a page without the cells that are
left out here, broken and unbroken, so what it records rests on that run and not on this analysis.
"""

import ast
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cache
from symtable import SymbolTable, symtable

from press.cells import Block

PACKAGE = "transformer"
ONLY_SHOW = {"print", "glue", "display"}
KILLS = (ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
"""Statements after which a name means nothing that it meant before."""


@dataclass(frozen=True)
class _Statement:
    """The names that a statement binds for certain, may change, uses at once, and uses when a function of it is called."""

    binds: frozenset[str]
    changes: frozenset[str]
    uses: frozenset[str]
    later: frozenset[str]


def needed_cells(cells: Sequence[Block], claim: str = "") -> list[Block]:
    """Return the cells that the evidence of a page needs, or that of one claim.

    A cell is needed if it is evidence, or if it binds or changes what a needed cell below it uses.

    Args:
        cells: The cells of a page.
        claim: The claim in question; all claims of the page if it is empty.

    Returns:
        Some of them, in their order, without imports from the package that none of them uses; all of them, as they are, if one is
        not plain Python, which the build refuses anyway.
    """
    try:
        known = [_statements(cell.content) for cell in cells]
    except SyntaxError:
        return list(cells)
    evidence = {i for i, cell in enumerate(cells) if cell.options.get("claim") and claim in ("", cell.options["claim"])}
    last = max(evidence, default=-1)
    cells = cells[: last + 1]
    later: frozenset[str] = frozenset()
    while True:
        needed = _needed(cells, known, later, evidence)
        found = frozenset[str]().union(*(statement.later for i in needed for statement in known[i]))
        if found == later:
            break
        later = found
    used = later.union(*(statement.uses for i in needed for statement in known[i]))
    return [cells[i].with_content(_pruned(cells[i].content, used)) for i in sorted(needed)]


def _needed(cells: Sequence[Block], known: list[tuple[_Statement, ...]], later: frozenset[str], evidence: Set[int]) -> set[int]:
    """Go through the cells from below, with the names that those below need."""
    live, needed = set(later), set()
    for i in reversed(range(len(cells))):
        if i in evidence or any((one.binds | one.changes) & live for one in known[i]):
            needed.add(i)
            for statement in reversed(known[i]):
                live = (live - (statement.binds - later)) | statement.uses
    return needed


@cache
def _statements(source: str) -> tuple[_Statement, ...]:
    body = ast.parse(source).body
    return tuple(_read(statement, shown=statement is body[-1]) for statement in body)


def _read(statement: ast.stmt, *, shown: bool) -> _Statement:
    table = symtable(ast.unparse(statement), "<cell>", "exec")
    symbols = table.get_symbols()
    bound = {one.get_name() for one in symbols if one.is_assigned() or one.is_imported()}
    used = {one.get_name() for one in symbols if one.is_referenced()}
    inner = [pair for child in table.get_children() for pair in _globals_of(child)]
    changes = set(_changed(statement, shown=shown))
    kills = bound if isinstance(statement, KILLS) else set()
    return _Statement(
        frozenset(kills),
        frozenset(bound | changes),
        frozenset(used | changes | {name for name, _ in inner} | set(_called_in_text(statement))),
        frozenset(name for name, is_later in inner if is_later),
    )


def _globals_of(table: SymbolTable, later: bool = False) -> Iterator[tuple[str, bool]]:
    """Name the globals that an inner scope uses, and say whether it may do so later: a comprehension does not."""
    later = later or (table.get_type() == "function" and table.get_name() not in ("listcomp", "setcomp", "dictcomp", "genexpr"))
    yield from ((one.get_name(), later) for one in table.get_symbols() if one.is_global())
    for child in table.get_children():
        yield from _globals_of(child, later)


def _called_in_text(statement: ast.stmt) -> Iterator[str]:
    """Name what a call uses that stands in a string: a page evaluates the calls that it lists."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                expression = ast.parse(node.value, mode="eval").body
            except (SyntaxError, ValueError):
                continue
            if isinstance(expression, ast.Call):
                yield from (part.id for part in ast.walk(expression) if isinstance(part, ast.Name))


def _changed(statement: ast.stmt, *, shown: bool) -> Iterator[str]:
    """Name what a statement may change without binding it: by a method, by a part, by a function whose result is not shown."""
    for node in ast.walk(statement):
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute() as method)):
                yield from _base(method)
            case ast.Expr(value=ast.Call(func=ast.Name(id=name), args=arguments)) if name not in ONLY_SHOW and not shown:
                yield from (argument.id for argument in arguments if isinstance(argument, ast.Name))
            case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
                yield from _base(node)


def _base(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Name):
        yield node.id


@cache
def _pruned(source: str, used: frozenset[str]) -> str:
    """Leave unused names of the package out of imports; every other line stays where it is."""
    lines = source.split("\n")
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
            kept = [alias for alias in node.names if (alias.asname or alias.name) in used]
            if len(kept) < len(node.names):
                end = node.end_lineno or node.lineno
                text = ast.unparse(ast.ImportFrom(node.module, kept, node.level)) if kept else ""
                lines[node.lineno - 1 : end] = [text, *[""] * (end - node.lineno)]
    return "\n".join(lines)
