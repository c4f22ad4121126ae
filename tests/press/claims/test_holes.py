"""Ways in which a broken claim could give a green build, one test each: every one must end red, or do no harm.

The numbers are those of the project's list of 31 such ways, which were all seen to happen with plain Sphinx, MyST-NB and pytest.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.press.books import FRONT, Book, Build, Faults, assert_reason, book_of_faults, cell, claim, new_book

WRONG = "assert 2 + 2 == 5"
RIGHT = "assert 2 + 2 == 4"
ROOT = Path(__file__).parents[3]


def fallen(source: str = WRONG, tags: str = "") -> list[str]:
    """A claim whose evidence is this."""
    return [claim("sum.four"), cell(source, "sum.four", tags)]


PAGES: Faults = {
    "row-08 a cell that may raise": (fallen(tags="raises-exception"), "forbidden tag: raises-exception"),
    "row-09 a cell that is skipped": (fallen(tags="skip-execution"), "forbidden tag: skip-execution"),
    "row-13 a plain fence": ([*fallen(RIGHT), f"```python\n{WRONG}\n```\n"], "code that is not run: Python on a page is a cell"),
    "row-13 a code-block": ([*fallen(RIGHT), f"```{{code-block}} python\n{WRONG}\n```\n"], "code that is not run"),
    "row-13 a cell in a comment": ([*fallen(RIGHT), f"<!--\n\n{cell(WRONG)}\n-->\n"], "cell that is not run"),
    "row-14 a cell in a list": (
        [*fallen(RIGHT), "- item\n\n  ```{code-cell} python\n  assert 2 + 2 == 5\n  ```\n"],
        "cell that is not run: write it at the top level",
    ),
    "row-14 a cell in an admonition": (
        [*fallen(RIGHT), f"````{{note}}\n{cell(WRONG)}````\n"],
        "cell that is not run: it stands inside {note}",
    ),
    "row-15 a capturing magic": (fallen(f"%%capture\n{WRONG}"), "cell that can hide a failure: not plain Python"),
    "row-16 a shell line": (fallen(f"{RIGHT}\n!false"), "cell that can hide a failure: not plain Python"),
    "row-16 a magic": (fallen(f"{RIGHT}\n%run missing.py"), "cell that can hide a failure: not plain Python"),
    "row-16 a call of the shell": (fallen(f"{RIGHT}\nget_ipython().run_cell('1 / 0')"), "get_ipython can run code"),
    "row-17 a process that fails": (fallen(f"import subprocess\nsubprocess.run(['false'])\n{RIGHT}"), "say check=True"),
    "row-17 a suppressed error": (
        fallen(f"import contextlib\nwith contextlib.suppress(AssertionError):\n    {WRONG}\n{RIGHT}"),
        "contextlib.suppress hides an error",
    ),
    "row-17 a check that nobody calls": (fallen(f"def check():\n    {WRONG}"), "evidence without an assertion"),
    "row-17 an assert of a tuple": (fallen(f"{RIGHT}\nassert (2 + 2 == 5, 'wrong')"), "assert of a tuple is always true"),
    "row-18 an error in a thread": (
        fallen(f"from threading import Thread\nt = Thread(target=lambda: 1 / 0)\nt.start()\nt.join()\n{RIGHT}"),
        "wrote to stderr",
    ),
    "row-21 a printed False": (fallen("print(2 + 2 == 5)"), "evidence without an assertion"),
    "row-22 a file of another page": (fallen("assert open('index.md').read()"), "FileNotFoundError"),
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Build:
    return book_of_faults(tmp_path_factory.mktemp("pages"), PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_page_that_hides_a_failure_is_refused(name: str, refused: Build) -> None:
    assert_reason(refused, PAGES, name)


def assert_refused(book: Book, message: str, **environment: str) -> None:
    """Build, and see it end with this message and without a page."""
    built = book.build_fresh(**environment) if environment else book.build()
    assert built.exit_code == 2, built.log
    assert message in built.log
    assert not list(built.site.glob("*.html"))


def test_row_01_02_a_failing_claim_fails_the_first_and_the_second_build(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page("sum", *fallen())
    assert_refused(book, "broken evidence: sum.four")
    assert_refused(book, "broken evidence: sum.four")


def test_row_03_a_warning_fails_make_html_the_second_time_too(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page("docs/sum", *fallen(RIGHT), "{ref}`nowhere`\n")
    book.write("docs/index.md", "# Index\n\n```{toctree}\nsum\n```\n")
    for _ in range(2):
        made = book.make("html")
        assert made.returncode != 0
        assert "undefined label: 'nowhere'" in made.stdout + made.stderr
        assert not (tmp_path / "_build" / "html").exists()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        pytest.param('nb_execution_mode = "cache"', "must be 'force', got 'cache'", id="row-04-05-26-27-28 a cache"),
        pytest.param('nb_execution_mode = "auto"', "must be 'force', got 'auto'", id="row-07 stored outputs"),
        pytest.param('nb_execution_excludepatterns = ["sum*"]', "excludepatterns must be empty", id="row-09 excluded pages"),
        pytest.param('exclude_patterns = ["_build", "sum*"]', "page left out", id="row-09 pages left out"),
        pytest.param('nb_execution_mode = "off"', "must be 'force', got 'off'", id="row-11 no execution"),
        pytest.param('suppress_warnings = ["mystnb"]', "suppress_warnings must be empty", id="row-12 no warnings"),
        pytest.param('nb_execution_mode = "inline"', "must be 'force', got 'inline'", id="row-20 inline"),
        pytest.param("nb_execution_in_temp = False", "nb_execution_in_temp must be True", id="row-22 the page's folder"),
        pytest.param('nb_output_stderr = "show"', "nb_output_stderr must be 'error'", id="row-18 stderr shown"),
    ],
)
def test_setting_that_hides_a_failure_is_refused(setting: str, message: str, tmp_path: Path) -> None:
    book = new_book(tmp_path, conf=setting)
    book.page("sum", *fallen())
    assert_refused(book, message)


def test_row_06_a_changed_source_runs_an_unchanged_page_again(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    source = tmp_path / "source.txt"
    book.page("sum", *fallen(f"assert open({str(source)!r}).read() == 'two'"))
    book.write("source.txt", "two")
    assert book.build().exit_code == 0
    book.write("source.txt", "six")
    built = book.build()
    assert built.exit_code == 2
    assert "broken evidence: sum.four" in built.log


def test_row_07_a_notebook_with_stored_outputs_is_refused(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    front = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "# sum\n\n" + claim("sum.four")},
        {"cell_type": "code", "metadata": {"claim": "sum.four"}, "source": WRONG, "outputs": [], "execution_count": 1},
    ]
    book.write("sum.ipynb", json.dumps({"cells": cells, "metadata": front, "nbformat": 4, "nbformat_minor": 4}))
    assert_refused(book, "page not in Markdown")


@pytest.mark.parametrize("override", ["mystnb:\n  execution_allow_errors: true", "execution:\n  allow_errors: true"])
def test_row_10_a_page_with_settings_of_its_own_is_refused(override: str, tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page("sum", *fallen(RIGHT), front=FRONT.replace("kernelspec:", f"{override}\nkernelspec:"))
    assert_refused(book, "execution overridden")


def test_row_10_11_a_page_that_switches_execution_off_is_refused(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page("sum", *fallen(), front=FRONT.replace("kernelspec:", 'mystnb:\n  execution_mode: "off"\nkernelspec:'))
    assert_refused(book, "page not executed")


def test_row_14_a_page_without_front_matter_is_refused(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page("sum", *fallen(), front="")
    assert_refused(book, "page not executed")


def test_row_19_python_without_assertions_is_refused(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page("sum", *fallen())
    assert_refused(book, "Python runs without assertions", PYTHONOPTIMIZE="1")


def test_row_23_another_kernel_is_refused(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    spec = {
        "argv": ["/usr/bin/other-python", "-m", "ipykernel", "-f", "{connection_file}"],
        "display_name": "x",
        "language": "python",
    }
    book.write("_jupyter/kernels/python3/kernel.json", json.dumps(spec))
    book.page("sum", *fallen())
    assert_refused(book, "the kernel must be", JUPYTER_PATH=str(tmp_path / "_jupyter"))


def test_row_23_start_up_files_do_not_reach_a_page(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.write("_ipython/profile_default/startup/00.py", "leaked = True")
    book.page("sum", *fallen("assert 'leaked' not in globals()"))
    assert book.build_fresh(IPYTHONDIR=str(tmp_path / "_ipython")).exit_code == 0


def test_row_24_bytecode_of_the_same_size_and_time_is_not_trusted(tmp_path: Path) -> None:
    book = new_book(tmp_path, conf='claims_sources = ["module.py"]')
    check = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\nimport module\nassert module.value == 4"
    book.page("sum", *fallen(check))
    module = tmp_path / "module.py"
    for value, exit_code in ((4, 0), (5, 2)):
        book.write("module.py", f"value = {value}\n")
        os.utime(module, (10**9, 10**9))
        assert book.build_fresh().exit_code == exit_code


def test_row_25_a_removed_page_must_not_stay_in_the_site(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page("sum", *fallen(RIGHT))
    book.page("sum-more", claim("sum-more.four"), cell(RIGHT, "sum-more.four"))
    assert book.build().exit_code == 0
    (tmp_path / "sum-more.md").unlink()
    built = book.build()
    assert built.exit_code == 2
    assert "stale pages in the output folder: sum-more" in built.log


def test_row_29_doctests_are_there_to_fail() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "transformer"]
    collected = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    examples = [path for path in (ROOT / "transformer").rglob("*.py") if "\n        >>> " in path.read_text(encoding="utf-8")]
    assert all(f"{path.relative_to(ROOT)}::" in collected for path in examples)
    assert len(examples) > 10


def test_row_30_pytest_loads_no_plugin_that_this_project_does_not_name(request: pytest.FixtureRequest) -> None:
    plugins = {distribution.project_name for _, distribution in request.config.pluginmanager.list_plugin_distinfo()}
    assert plugins <= {"jaxtyping", "platformdirs"}, "what the constraints bring, if pytest was not started by make"
    assert "PYTEST_DISABLE_PLUGIN_AUTOLOAD=1" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_row_31_ci_judges_by_exit_codes() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "set -euo pipefail" in script
    assert "|| true" not in script
    assert "grep" not in script


def test_every_row_has_a_test() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    named = re.findall(r"row[-_]([0-9]{2}(?:[-_][0-9]{2})*)", source)
    rows = {int(number) for group in named for number in re.split("[-_]", group)}
    assert rows >= set(range(1, 32))
