"""Each little book has one fault, and must be refused with a message that names it; no page may be written."""

from pathlib import Path

import pytest

from tests.press.books import Build, Faults, assert_reason, book_of_faults, cell, claim, new_book

GOOD = "assert 2 + 2 == 4"
VARY = "```{vary} sum.four\n:with: three\n-x = 4\n+x = 3\n```\n"

FAULTS: Faults = {
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
    "unknown verdict": ([claim("sum.four", "true"), cell(GOOD, "sum.four")], "unknown verdict: sum.four says 'true'"),
    "depends with one cell": (
        [claim("sum.four", "depends"), cell(GOOD, "sum.four")],
        "depends with one cell: sum.four must show where it holds and where it does not",
    ),
}

MORE_FAULTS: Faults = {
    "refuted without what is so": (
        [claim("sum.four", "refuted", right=""), cell(GOOD, "sum.four")],
        "refuted without :instead:: sum.four",
    ),
    "depends without when": (
        [claim("sum.four", "depends", right=""), cell(GOOD, "sum.four")],
        "depends without :when:: sum.four",
    ),
    "what is so of a claim that holds": (
        [claim("sum.four").replace(":verdict: holds\n", ":verdict: holds\n:instead: Five.\n"), cell(GOOD, "sum.four")],
        "claim that says two things: sum.four says :instead:",
    ),
    "property that does not hold": (
        [
            claim("sum.four"),
            cell(
                "from hypothesis import given, strategies as st\n\n\n"
                "@given(st.integers(0, 1000))\ndef check(n):\n    assert n < 17\n\n\ncheck()",
                "sum.four",
            ),
        ],
        "broken evidence: sum.four: AssertionError at 'check()' (Failing test case: check( n=17, ))",
    ),
    "universal word": (
        [claim("sum.four", statement="Every sum is four."), cell(GOOD, "sum.four")],
        "universal word unpaid: sum.four says every",
    ),
    "universal word with one variation": (
        [claim("sum.four", statement="No sum is five."), cell("x = 4\nassert x != 5", "sum.four"), VARY],
        "universal word unpaid: sum.four says no",
    ),
    "enumeration that is none": (
        [
            claim("sum.four", statement="Every sum is four.").replace("holds\n", "holds\n:reach: enumerated\n"),
            cell(GOOD, "sum.four"),
        ],
        "reach not enumerated: sum.four",
    ),
    "condition that the sentence does not say": (
        [claim("sum.four", statement="Every sum is four.").replace("holds\n", "holds\n:reach: of two\n"), cell(GOOD, "sum.four")],
        "reach not in the sentence: sum.four does not say 'of two'",
    ),
    "break of another subject": (
        [
            claim("sum.four", statement="With torch two and two are four."),
            cell("from transformer import checks\nassert 2 + 2 == 4", "sum.four"),
            "```{break} sum.four\n:in: transformer/checks.py\n-x\n+y\n```\n",
        ],
        "break of another subject: sum.four speaks of torch, and the break changes transformer/checks.py",
    ),
    "variation whose lines are gone": (
        [claim("sum.four"), cell(GOOD, "sum.four"), VARY],
        "variation that cannot be made: sum.four: the old lines occur once in no cell",
    ),
    "variation without words": (
        [claim("sum.four"), cell("x = 4\nassert x < 5", "sum.four"), VARY.replace(":with: three\n", "")],
        "variation without words: sum.four",
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
    "error in another cell": (
        [claim("sum.four"), cell(GOOD, "sum.four"), cell("1 / 0")],
        "broken cell: ZeroDivisionError: division by zero",
    ),
    "warning on stderr": (
        [claim("sum.four"), cell("import sys\nassert 4\nassert 2 + 2 == 4\nprint('odd', file=sys.stderr)", "sum.four")],
        "broken evidence: sum.four: wrote to stderr: odd",
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


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Build:
    return book_of_faults(tmp_path_factory.mktemp("pages"), MORE_FAULTS)


@pytest.mark.parametrize("name", MORE_FAULTS)
def test_a_page_with_this_fault_is_refused(name: str, refused: Build) -> None:
    assert_reason(refused, MORE_FAULTS, name)


def test_a_kernel_that_dies_ends_the_build(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page("sum", claim("sum.four"), cell("import os\nassert 2 + 2 == 4\nos._exit(0)", "sum.four"))
    built = book.build()
    assert built.exit_code == 2
    assert "DeadKernelError" in built.log


def test_a_book_without_claims_is_refused(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page("sum", cell(GOOD))
    built = book.build()
    assert built.exit_code == 2
    assert "no claims" in built.log


def test_every_fallen_claim_is_named(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page(
        "sum", claim("sum.four"), cell("assert 2 + 2 == 5", "sum.four"), claim("sum.six"), cell("assert 3 + 3 == 7", "sum.six")
    )
    built = book.build()
    assert built.exit_code == 2
    assert "2 reasons not to build this book" in built.log
    assert "sum.four" in built.log
    assert "sum.six" in built.log
