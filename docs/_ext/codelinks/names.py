"""Which names in a page's cells are names of the package."""

import ast
from dataclasses import dataclass

PACKAGE = "transformer"


@dataclass(frozen=True)
class Use:
    """A name at a place of a cell: line and column count from 0, ``full_name`` is what it was imported as."""

    line: int
    column: int
    name: str
    full_name: str


def uses_in_cells(cells: list[str]) -> list[list[Use]]:
    """List the uses of imported names, cell by cell; a name is known from the cell that imports it to one that binds it anew."""
    known: dict[str, str] = {}
    return [_uses(cell, known) for cell in cells]


def _uses(cell: str, known: dict[str, str]) -> list[Use]:
    try:
        tree = ast.parse(cell)
    except SyntaxError:
        return []
    found = []
    lines = cell.splitlines()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                found.append(_use(alias, lines, alias.name, f"{node.module}.{alias.name}"))
    for name in _bound(tree):
        known.pop(name, None)
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in known]
    found += [_use(node, lines, node.id, known[node.id]) for node in names]
    return sorted(found, key=lambda use: (use.line, use.column))


def _bound(tree: ast.Module) -> set[str]:
    """Return the names that a cell gives another meaning somewhere: no link is better than a wrong one."""
    bound: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(ctx=ast.Store() | ast.Del()):
                bound.add(node.id)
            case ast.FunctionDef() | ast.ClassDef():
                bound.add(node.name)
            case ast.arg():
                bound.add(node.arg)
    return bound


def _use(node: ast.Name | ast.alias, lines: list[str], name: str, full_name: str) -> Use:
    # Python counts columns in bytes.
    column = len(lines[node.lineno - 1].encode()[: node.col_offset].decode())
    return Use(node.lineno - 1, column, name, full_name)
