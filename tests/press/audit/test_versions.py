"""Runs under other versions of torch: how they are recorded, shown, and what the build asks of a claim that differs."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.press.books import DOCS, Book, Build, cell, claim, new_book

CONF = 'claims_versions = "versions"'
LEDGER = "```{claim-versions}\n```\n\n```{claim-ledger}\n```\n"
RELEASE = version("torch").partition("+")[0]
SAID = f"Two and two are four; under torch {'.'.join(RELEASE.split('.')[:2])} they are not."


def run_claims(book: Book, *options: str) -> subprocess.CompletedProcess[str]:
    """Run what `make other-torch` runs, on a little book."""
    command = [sys.executable, "-m", "press.audit.other_torch", "--into", "versions", *options]
    environment = {"PYTHONPATH": str(DOCS), "PATH": ""}
    return subprocess.run(command, cwd=book.root, env=environment, capture_output=True, text=True, check=False)


def two_and(number: int, statement: str = "Two and two are four.") -> list[str]:
    """Write a claim whose evidence adds a number to two."""
    return [claim("sum.four", statement=statement), cell(f"assert 2 + {number} == 4", "sum.four")]


def recorded(book: Book, parts: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a page of claims, and record what fell."""
    book.page("docs/sum", *parts)
    done = run_claims(book)
    (book.root / "docs" / "sum.md").unlink()
    return done


def built_with(book: Book, parts: list[str]) -> Build:
    """Build a book with this page and a ledger."""
    book.page("sum", *parts)
    book.page("sum-ledger", LEDGER)
    return book.build("-j", "2")


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A book that shows its ledger."""
    return new_book(tmp_path, CONF)


def test_evidence_that_stood_is_recorded_and_shown(book: Book) -> None:
    done = recorded(book, two_and(2))
    assert done.returncode == 0, done.stderr
    assert f"torch {RELEASE}: 1 stood, 0 fell" in done.stdout
    record = json.loads((book.root / "versions" / f"{RELEASE}.json").read_text())
    assert record["pages"]["sum"]["claims"] == {"sum.four": ""}
    built = built_with(book, two_and(2))
    assert built.exit_code == 0, built.log
    html = built.html("sum-ledger")
    assert f">{RELEASE}</th>" in html
    assert "<td>✓</td>" in html
    assert "1 stood, 0 fell." in html


def test_a_run_from_other_sources_is_shown_as_unknown(book: Book) -> None:
    recorded(book, two_and(2))
    built = built_with(book, [claim("sum.four"), cell("assert 2 + 2 == 5 - 1", "sum.four")])
    assert built.exit_code == 0, built.log
    assert "<td>?</td>" in built.html("sum-ledger")
    assert "0 stood, 0 fell, 1 changed since." in built.html("sum-ledger")


def test_evidence_that_fell_without_a_word_of_it_ends_the_run(book: Book) -> None:
    done = recorded(book, two_and(3))
    assert done.returncode == 1
    assert "sum: sum.four: AssertionError at 'assert 2 + 3 == 4'" in done.stdout
    assert "0 stood, 1 fell, 1 of them without saying so" in done.stdout


@pytest.mark.parametrize(("statement", "code"), [(SAID, 0), ("Two and two are four.", 2)])
def test_a_claim_that_differs_must_say_so(book: Book, statement: str, code: int) -> None:
    parts = two_and(2, statement)
    recorded(book, parts)
    path = book.root / "versions" / f"{RELEASE}.json"
    path.write_text(path.read_text().replace('"sum.four": ""', '"sum.four": "AssertionError: they are five"'))
    built = built_with(book, parts)
    assert built.exit_code == code, built.log
    if code:
        assert f"differs under torch {RELEASE} and does not say so: sum.four: AssertionError: they are five" in built.log
    else:
        assert "<td>✗</td>" in built.html("sum-ledger")
        assert "AssertionError: they are five" in built.html("sum-ledger")


def test_what_a_cell_writes_to_stderr_counts_as_a_fall(book: Book) -> None:
    warn = cell("import warnings\nassert 2 + 2 == 4\nwarnings.warn('less and less')", "sum.four")
    done = recorded(book, [claim("sum.four"), warn])
    assert done.returncode == 1
    assert "less and less" in done.stdout


@pytest.mark.parametrize(("statement", "code"), [("On a CPU a tensor has values.", 0), ("A tensor has values.", 1)])
def test_another_device_has_a_column_and_a_claim_that_differs_there_says_so(book: Book, statement: str, code: int) -> None:
    parts = [claim("sum.four", statement=statement), cell("import torch\nassert torch.ones(2).sum().item() == 2", "sum.four")]
    book.page("docs/sum", *parts)
    done = run_claims(book, "--device", "meta")
    (book.root / "docs" / "sum.md").unlink()
    assert done.returncode == code, done.stdout + done.stderr
    record = json.loads((book.root / "versions" / f"{RELEASE}-meta.json").read_text())
    assert record["device"] == "meta"
    assert "RuntimeError" in record["pages"]["sum"]["claims"]["sum.four"]
    built = built_with(book, parts)
    assert built.exit_code == 2 * code, built.log
    if not code:
        assert f">{RELEASE} meta</th>" in built.html("sum-ledger")


def test_no_claim_at_all_is_a_failure(book: Book) -> None:
    assert recorded(book, [cell("x = 2")]).returncode == 1
