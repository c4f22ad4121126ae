"""Kernels by fork: each page a process of its own, nothing stale, nothing left over, and the results of stock kernels."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.press.books import CONF, Book, cell, claim, new_book

STATE = """
import builtins, os, random, sys
import torch
left = [name for name in ("mark", "tiny") if hasattr(builtins, name) or name in sys.modules]
assert left == [] and "LEFT" not in os.environ and torch.get_default_dtype() == torch.float32
builtins.mark = 1
sys.modules["tiny"] = sys
os.environ["LEFT"] = "1"
torch.set_default_dtype(torch.float64)
"""


def evidence(fact: str, source: str) -> str:
    """Write a claim with its evidence."""
    return claim(fact) + "\n" + cell(source, fact)


def servers(book: Book) -> list[str]:
    """List the kernel servers and kernels that were started from this book's folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            variables = (process / "environ").read_bytes()
        except OSError:
            continue
        if str(book.root).encode() in variables:
            found.append((process / "cmdline").read_bytes().decode())
    return found


def test_no_state_leaks_from_page_to_page(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    for number in range(3):
        book.page(f"sum{number}", evidence(f"sum{number}.clean", STATE.strip()))
    built = book.build("-j", "1")
    assert built.exit_code == 0, built.log


def test_where_the_system_cannot_fork_stock_kernels_show_the_same(tmp_path: Path) -> None:
    source = "import os, sys\nassert 2 + 2 == 4\nprint(__name__, sys.argv[:2], sys.flags, os.listdir())\n3 * [1]"
    pages, logs = [], []
    for name, conf in (("forked", CONF), ("stock", f"{CONF}\nimport os\ndel os.fork\n")):
        book = new_book(tmp_path / name)
        book.write("conf.py", conf)
        book.page("sum", evidence("sum.four", source), cell("import torch\ntorch.arange(6).reshape(2, 3)"))
        built = book.build_fresh()
        assert built.exit_code == 0, built.log
        pages.append(built.html("sum"))
        logs.append(built.log)
    assert "[1, 1, 1]" in pages[0]
    assert pages[0] == pages[1]
    assert ["TCP" in log for log in logs] == [False, True], "only a stock kernel speaks of its ports"


def test_the_package_is_imported_anew_in_each_build(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page("sum", evidence("sum.four", "import tiny\nassert tiny.x == 4"))
    book.write("tiny.py", "x = 4\n")
    assert book.build_fresh("-E", PYTHONPATH=str(book.root)).exit_code == 0
    book.write("tiny.py", "x = 5\n")
    built = book.build_fresh("-E", PYTHONPATH=str(book.root))
    assert built.exit_code == 2
    assert "sum.four: AssertionError" in built.log


def test_a_kernel_that_dies_ends_the_build(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page("sum", evidence("sum.four", "import os, signal\nassert 2 + 2 == 4\nos.kill(os.getpid(), signal.SIGKILL)"))
    built = book.build()
    assert built.exit_code == 2
    assert "Kernel died" in built.log
    assert not list(built.site.glob("*.html"))


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_build_leaves_no_process(tmp_path: Path, how: signal.Signals) -> None:
    book = new_book(tmp_path)
    book.page("sum", evidence("sum.four", "import time\nassert 2 + 2 == 4\nprint(open('/dev/null'))\ntime.sleep(600)"))
    command = [sys.executable, "-m", "sphinx", "-q", str(book.root), str(tmp_path / "site")]
    with subprocess.Popen(command, env=os.environ | {"MARK": str(book.root)}, start_new_session=True) as build:
        until = time.monotonic() + 60
        while len(servers(book)) < 3 and time.monotonic() < until:
            time.sleep(0.1)
        assert len(servers(book)) >= 3
        build.send_signal(how)
    while servers(book) and time.monotonic() < until:
        time.sleep(0.1)
    assert servers(book) == []


def test_a_page_is_told_when_it_has_run(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page("sum", evidence("sum.four", "assert 2 + 2 == 4"))
    command = [sys.executable, "-m", "sphinx", "-W", str(book.root), str(tmp_path / "site")]
    log = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert re.search(r"^ran sum in \d+\.\d s$", log, flags=re.MULTILINE)
    assert "TCP" not in log
    assert "notebook" not in log, "MyST-NB says the same, late"
