"""The press as a house: its floors, its names, its READMEs, and that every command is run somewhere."""

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest

from press import WINGS

ROOT = Path(__file__).parents[2]
PRESS = ROOT / "docs" / "press"
FLOORS = [{"ground"}, {"claims", "execution", "markup"}, {"practice", "site", "audit"}, {"downloads"}]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
MODULES = sorted(PRESS.rglob("*.py"))


def room_of(path: Path) -> str:
    """Return the wing of a module, or the ground."""
    inside = path.relative_to(PRESS).parts
    return inside[0] if len(inside) > 1 else "ground"


def imported_by(path: Path) -> set[Path]:
    """Return the modules of the press that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "press":
            for name in [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]:
                module = PRESS.joinpath(*str(name).split(".")[1:])
                found |= {one for one in (module.with_suffix(".py"), module / "__init__.py") if one.is_file()}
    return found - {PRESS / "__init__.py", path}


def test_the_floors_hold_every_wing_and_load_from_below() -> None:
    assert set(FLOOR) == {"ground", *WINGS}
    assert all(FLOOR[lower] <= FLOOR[upper] for lower, upper in pairwise(WINGS))
    assert {path.parent.name for path in PRESS.glob("*/__init__.py")} == set(WINGS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PRESS).as_posix())
def test_nothing_runs_back_up(path: Path) -> None:
    own = room_of(path)
    others = {room_of(other) for other in imported_by(path)} - {own}
    assert [room for room in sorted(others) if FLOOR[room] >= FLOOR[own]] == []


def test_no_module_leads_back_to_itself() -> None:
    left = {path: imported_by(path) for path in MODULES if path.name != "__init__.py"}
    while free := [path for path, needs in left.items() if not needs & left.keys()]:
        for path in free:
            del left[path]
    assert [path.relative_to(PRESS).as_posix() for path in left] == []


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_says_what_it_is(wing: str) -> None:
    lines = (PRESS / wing / "README.md").read_text(encoding="utf-8").splitlines()
    assert 20 <= len(lines) <= 40
    text = "\n".join(lines)
    told = set(re.findall(r"`(?:static/|templates/)?([\w.-]+)`", text))
    files = {path.name for path in (PRESS / wing).iterdir() if path.is_file()} - {"__init__.py", "README.md"}
    assert sorted(files - told) == []


def test_no_two_names_differ_by_an_s() -> None:
    names = {
        path.stem for path in PRESS.rglob("*.*") if "__pycache__" not in path.parts and path.suffix in (".py", ".css", ".js")
    }
    assert [name for name in sorted(names) if f"{name}s" in names] == []


def test_no_file_is_longer_than_one_can_read() -> None:
    assert [path.name for path in MODULES if len(path.read_text(encoding="utf-8").splitlines()) > 205] == []


def test_every_command_is_run_by_ci_or_once_a_week() -> None:
    listed = set(
        re.findall(
            r"^([a-z-]+):.*## (?:write|check|audit): ", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE
        )
    )
    scripts = "\n".join((ROOT / path).read_text(encoding="utf-8") for path in (".ci/run", ".github/workflows/weekly.yml"))
    run = set(re.findall(r"\bmake ([a-z-]+)", scripts))
    assert len(listed) > 20
    assert sorted(listed - run) == []
    assert sorted(run - listed) == []
