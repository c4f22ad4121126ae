"""Each little book has one fault, and must be refused with a message that names it; no page may be written."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from books import FRONT, cell, claim, new_book

GOOD = "assert 2 + 2 == 4"

FAULTS: dict[str, tuple[Sequence[str], str]] = {
    "no evidence": ([claim("sum.four"), cell(GOOD)], "no evidence: sum.four"),
    "broken evidence": (
        [claim("sum.four"), cell("assert 2 + 2 == 5", "sum.four")],
        "broken evidence: sum.four: AssertionError at 'assert 2 + 2 == 5'",
    ),
    "orphan evidence": (
        [claim("sum.four"), cell(GOOD, "sum.four"), cell(GOOD, "sum.five")],
        "orphan evidence: no claim 'sum.five'",
    ),
    "duplicate id": (
        [claim("sum.four"), cell(GOOD, "sum.four"), claim("sum.four"), cell(GOOD, "sum.four")],
        "duplicate id: sum.four",
    ),
    "evidence without an assertion": (
        [claim("sum.four"), cell("print(2 + 2)", "sum.four")],
        "evidence without an assertion: sum.four",
    ),
    "assertion in a function that nobody calls": (
        [claim("sum.four"), cell("def check():\n    assert 2 + 2 == 4", "sum.four")],
        "evidence without an assertion: sum.four",
    ),
    "unknown verdict": ([claim("sum.four", "true"), cell(GOOD, "sum.four")], "unknown verdict: sum.four says 'true'"),
    "depends with one cell": (
        [claim("sum.four", "depends"), cell(GOOD, "sum.four")],
        "depends with one cell: sum.four must show where it holds and where it does not",
    ),
    "opinion with evidence": ([claim("sum.four", "opinion"), cell(GOOD, "sum.four")], "opinion with evidence: sum.four"),
    "id of another page": ([claim("product.four"), cell(GOOD, "product.four")], "malformed claim: 'product.four'"),
    "no statement": ([claim("sum.four", statement=""), cell(GOOD, "sum.four")], "malformed claim: 'sum.four'"),
    "evidence apart from its claim": ([cell(GOOD, "sum.four"), claim("sum.four")], "evidence apart from its claim: sum.four"),
    "evidence after another claim": (
        [claim("sum.four"), claim("sum.five", "opinion"), cell(GOOD, "sum.four")],
        "evidence apart from its claim: sum.four",
    ),
    "hidden evidence": ([claim("sum.four"), cell(GOOD, "sum.four", "remove-input")], "hidden evidence: sum.four"),
    "cell that may raise": ([claim("sum.four"), cell(GOOD, "sum.four", "raises-exception")], "forbidden tag: raises-exception"),
    "cell that is skipped": ([claim("sum.four"), cell(GOOD, "sum.four", "skip-execution")], "forbidden tag: skip-execution"),
    "error in another cell": (
        [claim("sum.four"), cell(GOOD, "sum.four"), cell("1 / 0")],
        "broken cell: ZeroDivisionError: division by zero",
    ),
    "warning on stderr": (
        [claim("sum.four"), cell("import sys\nassert 4\nassert 2 + 2 == 4\nprint('odd', file=sys.stderr)", "sum.four")],
        "broken evidence: sum.four: wrote to stderr: odd",
    ),
    "kernel that dies": (
        [claim("sum.four"), cell("import os\nassert 2 + 2 == 4\nos._exit(0)", "sum.four")],
        "DeadKernelError",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_book_with_this_fault_is_refused(name: str, tmp_path: Path) -> None:
    parts, message = FAULTS[name]
    book = new_book(tmp_path)
    book.page("sum", *parts)
    built = book.build()
    assert built.exit_code == 2
    assert message in built.log
    assert not list(built.site.glob("*.html"))


def test_a_page_without_front_matter_is_not_executed(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page("sum", claim("sum.four"), cell(GOOD, "sum.four"), front="")
    built = book.build()
    assert built.exit_code == 2
    assert "page not executed" in built.log
    assert "no evidence: sum.four" in built.log


def test_a_page_with_settings_of_its_own_is_refused(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    front = FRONT.replace("kernelspec:", "mystnb:\n  execution_allow_errors: true\nkernelspec:")
    book.page("sum", claim("sum.four"), cell(GOOD, "sum.four"), front=front)
    built = book.build()
    assert built.exit_code == 2
    assert "execution overridden" in built.log


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ('nb_execution_mode = "cache"', "nb_execution_mode must be 'force', got 'cache'"),
        ('nb_execution_mode = "off"', "nb_execution_mode must be 'force', got 'off'"),
        ('nb_execution_excludepatterns = ["sum*"]', "nb_execution_excludepatterns must be empty"),
        ('suppress_warnings = ["mystnb"]', "suppress_warnings must be empty"),
    ],
)
def test_settings_that_hide_a_failure_are_refused(setting: str, message: str, tmp_path: Path) -> None:
    book = new_book(tmp_path, conf=setting)
    book.page("sum", claim("sum.four"), cell(GOOD, "sum.four"))
    built = book.build()
    assert built.exit_code == 2
    assert message in built.log


def test_a_book_without_claims_is_refused(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page("sum", cell(GOOD))
    built = book.build()
    assert built.exit_code == 2
    assert "no claims" in built.log


def test_every_fallen_claim_is_named_and_the_second_try_fails_too(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page(
        "sum", claim("sum.four"), cell("assert 2 + 2 == 5", "sum.four"), claim("sum.six"), cell("assert 3 + 3 == 7", "sum.six")
    )
    for _ in range(2):
        built = book.build()
        assert built.exit_code == 2
        assert "2 reasons not to build this book" in built.log
        assert "sum.four" in built.log
        assert "sum.six" in built.log
