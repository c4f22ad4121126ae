"""Little books: each is written into a folder and built as the real one is, in a process of its own.

The process is forked from one that has imported Sphinx and MyST-NB, and its kernels from one that has imported torch: a build
takes half a second, where a fresh Python takes four. What is tested of a fresh Python itself asks for one.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from press.claims.model import RIGHT
from tests.press import warm

DOCS = Path(__file__).parents[2] / "docs"

CONF = f"""
import sys
sys.path.insert(0, {str(DOCS)!r})
project = "little"
extensions = ["myst_nb", "press.claims", "press.execution", "press.markup", "press.practice"]
html_theme = "basic"
exclude_patterns = ["_build"]
html_math_renderer = "mathml"
claims_sources = ["source.txt"]
nb_execution_mode = "force"
nb_execution_allow_errors = True
nb_execution_in_temp = True
nb_output_stderr = "error"
myst_enable_extensions = ["dollarmath"]
"""

FRONT = """---
file_format: mystnb
kernelspec:
  name: python3
  display_name: Python 3
  language: python
---
"""


def claim(
    claim_id: str,
    verdict: str = "holds",
    statement: str = "Two and two are four.",
    note: str = "",
    right: str = "Four is `2 + 2`.",
) -> str:
    """Write a claim; one that is refuted or depends says what is right."""
    options = f":verdict: {verdict}\n" + (f":note: {note}\n" if note else "")
    if right and verdict in RIGHT:
        options += f":{RIGHT[verdict]}: {right}\n"
    return f"```{{claim}} {claim_id}\n{options}{statement}\n```\n"


def cell(source: str, claim_id: str = "", tags: str = "") -> str:
    """Write a code cell, as evidence if it names a claim."""
    options = (f":claim: {claim_id}\n" if claim_id else "") + (f":tags: [{tags}]\n" if tags else "")
    return f"```{{code-cell}} python\n{options}\n{source}\n```\n"


@dataclass(frozen=True)
class Build:
    """What a build left behind."""

    exit_code: int
    log: str
    site: Path

    @property
    def claims(self) -> list[dict[str, Any]]:
        """The rows of claims.json."""
        rows: list[dict[str, Any]] = json.loads((self.site / "claims.json").read_text(encoding="utf-8"))
        return rows

    def html(self, page: str) -> str:
        """Return a finished page."""
        return (self.site / f"{page}.html").read_text(encoding="utf-8")

    def folds(self, page: str) -> list[str]:
        """Return the folds of a finished page, without the sign in the head of each claim."""
        found = re.findall(r"<details.*?</details>", self.html(page), flags=re.DOTALL)
        return [fold for fold in found if 'class="claim-more ' not in fold]


@dataclass(frozen=True)
class Book:
    """A folder with a little book in it."""

    root: Path

    def write(self, name: str, text: str) -> None:
        """Write a file of the book."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def page(self, name: str, *parts: str, front: str = FRONT) -> None:
        """Write a page with a title of its name."""
        self.write(f"{name}.md", f"{front}\n# {name}\n\n" + "\n".join(parts))

    @property
    def site(self) -> Path:
        """Where the pages are written."""
        return self.root / "_build" / "html"

    @property
    def doctrees(self) -> Path:
        """Where a build keeps what it has read."""
        return self.root / "_build" / "doctrees"

    def _arguments(self, options: Sequence[str]) -> list[str]:
        return ["-q", "-n", "-W", *options, "-d", str(self.doctrees), str(self.root), str(self.site)]

    def make(self, target: str) -> subprocess.CompletedProcess[str]:
        """Run a target of the real Makefile on the pages in ``docs``, in this environment."""
        for name in ("pyproject.toml", "constraints.txt"):
            self.write(name, "")
            os.utime(self.root / name, (0, 0))  # older than the environment, so that make does not install
        self.write("Makefile", (DOCS.parent / "Makefile").read_text(encoding="utf-8"))
        if not (self.root / ".venv").exists():
            (self.root / ".venv").symlink_to(Path(sys.prefix), target_is_directory=True)
        return subprocess.run(["make", target], cwd=self.root, capture_output=True, text=True, check=False)  # noqa: S607

    def build(self, *options: str) -> Build:
        """Build the book as `make html` does; options are passed on to Sphinx."""
        return Build(*warm.build(self._arguments(options), self.root / "_build.log"), self.site)

    def build_fresh(self, *options: str, **environment: str) -> Build:
        """Build it in a fresh Python, with variables set for it."""
        command = [sys.executable, "-m", "sphinx", *self._arguments(options)]
        done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
        return Build(done.returncode, done.stdout + done.stderr, self.site)


Faults = dict[str, tuple[Sequence[str], str]]
"""For each fault, the parts of a page that has it, with `sum.` before each fact, and the message that names it."""


def book_of_faults(root: Path, faults: Faults) -> Build:
    """Build one book with a page for each fault: the build lists every reason, and starts a kernel only once a page."""
    book = new_book(root)
    for number, (parts, _) in enumerate(faults.values()):
        book.page(f"sum{number}", *(part.replace("sum.", f"sum{number}.") for part in parts))
    return book.build("-j", "2")


def assert_reason(built: Build, faults: Faults, name: str) -> None:
    """See that the page with this fault is a reason not to build, and that no page was written."""
    number = list(faults).index(name)
    reasons = [line.strip() for line in built.log.splitlines() if line.strip().startswith(f"sum{number}:")]
    wanted = faults[name][1].replace("sum.", f"sum{number}.")
    assert built.exit_code == 2
    assert any(wanted in reason for reason in reasons), built.log
    assert not list(built.site.glob("*.html"))


def new_book(root: Path, conf: str = "") -> Book:
    """Begin a book with settings and an index of every page in it."""
    book = Book(root)
    book.write("conf.py", CONF + conf)
    book.write("source.txt", "what the evidence depends on")
    book.write("index.md", "# Index\n\n```{toctree}\n:glob:\n\nsum*\n```\n")
    return book
