"""What the records of a page depend on: the cells that its evidence needs, and their part of the package."""

from collections import Counter
from pathlib import Path

import pytest

from press.cells import Block, blocks_of_page, cells_of_page, pages_in
from press.claims.needed import needed_cells
from press.claims.reach import files_of, imported
from press.claims.source import faults_of_cell

ROOT = Path(__file__).parents[3]


def cells(*sources: str) -> list[Block]:
    """Make cells; one that asserts is evidence."""
    options = ({"claim": "sum.four"} if "assert" in source else {} for source in sources)
    return [Block("{code-cell}", "python", source, 1, option) for source, option in zip(sources, options, strict=True)]


@pytest.mark.parametrize(
    ("sources", "needed"),
    [
        (["x = 1", "y = 2", "assert x"], [0, 2]),
        (["x = 1", "y = x", "assert y"], [0, 1, 2]),
        (["x = 1", "x = 2", "assert x"], [1, 2]),
        (["x = []", "x.append(1)", "assert x"], [0, 1, 2]),
        (["x = {}", "x['a'] = 1", "assert x"], [0, 1, 2]),
        (["x = make()", "fill(x)\ny = 1", "assert x"], [0, 1, 2]),
        (["x = 1", "draw(x)", "assert x"], [0, 2]),
        (["x = 1", "print(x)\nprint(x)", "assert x"], [0, 2]),
        (["def f():\n    return x", "x = 1", "assert f()"], [0, 1, 2]),
        (["x = 1\ndef f():\n    return x", "x = 2", "assert f()"], [0, 1, 2]),
        (["def f():\n    return x", "x = 1", "y = f()\nx = 2", "assert y"], [0, 1, 2, 3]),
        (["import a.b as c", "import d.e", "assert c and d"], [0, 1, 2]),
        (["for i in range(3):\n    x = i", "assert x"], [0, 1]),
        (["x = 1", "assert x", "x = 2\ncheck(x)"], [0, 1]),
        (["x = 1", "%magic", "assert 2"], [0, 1, 2]),
        (["x = 1", "y = 2", "assert eval('f(x)')"], [0, 2]),
        (["x = 1", "y = 2", "assert 'x'"], [2]),
    ],
)
def test_needed_is_what_binds_or_changes_what_the_evidence_uses(sources: list[str], needed: list[int]) -> None:
    found = needed_cells(cells(*sources))
    assert [sources.index(cell.content) for cell in found] == needed


def test_a_name_of_the_package_that_no_needed_cell_uses_is_left_out_and_lines_keep_their_numbers() -> None:
    source = "from transformer import (\n    a,\n    b as c,\n)\nfrom transformer.teaching import d\nfrom torch import nn\na()"
    (first, _) = needed_cells(cells(f"x = 1\n{source}", "assert x"))
    assert first.content == "x = 1\nfrom transformer import a\n\n\n\n\nfrom torch import nn\na()"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of a few modules, with data beside one of them."""
    for name, text in {
        "__init__.py": "from transformer.core import core\n",
        "core.py": "core = 1\n",
        "aside.py": "def late():\n    import transformer.spelling.words\n",
        "spelling/words.py": "words = 1\n",
        "spelling/rules.toml": "data",
        "spelling/weights/one.bin": "data",
        "training/loop.py": "loop = 1\n",
        "gone/__pycache__/late.pyc": "bytecode of a package that is no longer there",
        "spelling/weights/__pycache__/late.pyc": "the same",
    }.items():
        path = tmp_path / "transformer" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


CORE = {"__init__.py", "core.py"}
SPELLING = {"spelling/words.py", "spelling/rules.toml", "spelling/weights/one.bin"}
ALL = {*CORE, *SPELLING, "aside.py", "training/loop.py"}


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("import torch", set()),
        ("import transformer", CORE),
        ("from transformer import core", CORE),
        ("from transformer.spelling.words import words", {*CORE, *SPELLING}),
        ("if x:\n    from transformer import aside", {*CORE, *SPELLING, "aside.py"}),
        ("import subprocess\nsubprocess.run(['python', '-m', 'transformer'], check=True)", ALL),
        ("import subprocess\nsubprocess.run(['python', '-c', 'pass'], check=True)", set()),
        ("%magic", ALL),
    ],
)
def test_the_files_are_those_that_imports_lead_to_and_the_data_beside_them(package: Path, source: str, files: set[str]) -> None:
    assert {path.relative_to(package / "transformer").as_posix() for path in files_of(cells(source), package)} == files


@pytest.mark.parametrize(
    "source",
    [
        "import importlib\nimportlib.import_module('transformer')",
        "from importlib import import_module",
        "import importlib.metadata\nimportlib.import_module('transformer')",
        "__import__('transformer')",
        "exec('import transformer')",
        "import runpy",
    ],
)
def test_a_cell_that_imports_by_a_name_that_only_the_run_knows_is_refused(source: str) -> None:
    assert any("can import a module by a name that only the run knows" in fault for fault in faults_of_cell(source))


def test_the_version_of_a_distribution_may_be_asked_for() -> None:
    assert faults_of_cell("from importlib.metadata import version\nversion('torch')") == []


def test_no_module_of_the_package_imports_by_a_name_that_only_the_run_knows() -> None:
    runs_a_readers_file = ROOT / "transformer" / "practise" / "answer.py"  # and no page asks it to
    for path in {*(ROOT / "transformer").rglob("*.py")} - {runs_a_readers_file}:
        text = path.read_text(encoding="utf-8")
        assert [fault for fault in faults_of_cell(text) if "only the run knows" in fault] == [], path


def stale_after() -> dict[str, int]:
    """Count, for each file of the package, the breaks whose records a change of it makes stale."""
    found: dict[str, int] = dict.fromkeys(
        (path.relative_to(ROOT / "transformer").as_posix() for path in (ROOT / "transformer").rglob("*.py")), 0
    )
    for page in pages_in(ROOT / "docs"):
        text = page.read_text(encoding="utf-8")
        cells = cells_of_page(text)
        for claim, breaks in Counter(block.argument for block in blocks_of_page(text) if block.name == "{break}").items():
            for path in files_of(needed_cells(cells, claim), ROOT):
                name = path.relative_to(ROOT / "transformer").as_posix()
                found[name] = found.get(name, 0) + breaks
    return found


def test_a_change_makes_stale_what_it_can_change_and_little_else() -> None:
    stale = stale_after()
    all_breaks = max(stale.values())
    assert all_breaks > 300
    assert {name for name in stale if "/" not in name and name != "__main__.py" and stale[name] < all_breaks} == set()
    percent = {"training/": 13, "spelling/": 5.5, "teaching/exercises/": 6, "teaching/figures/": 11, "export/": 6}
    of_every_figure = {"teaching/figures/__init__.py", "teaching/figures/picture.py"}
    over = {
        name: count
        for name, count in stale.items()
        for prefix, limit in percent.items()
        if name.startswith(prefix) and name not in of_every_figure and 100 * count > limit * all_breaks
    }
    assert over == {}


def test_a_relative_import_is_an_error() -> None:
    import ast

    with pytest.raises(ValueError, match="a relative import"):
        list(imported(ast.parse("from . import core")))
