"""Variations and other seeds: what a claim must withstand, how it is made, and what the build asks of it."""

import ast
import json
from pathlib import Path

import pytest

from press.cells import Block
from press.claims.variations import reseeded
from tests.press.audit.test_breaks import diff, run_breaks
from tests.press.books import Book, cell, claim, new_book

CONF = 'claims_breaks = "breaks.json"\nclaims_variations = "variations.json"'
GOOD = cell("x = 2\nassert x + 2 < 5", "sum.four")
BREAK = diff("sum.four", "x = 2", "x = 3")


def vary(claim_id: str, old: str, new: str, words: str = "another number") -> str:
    """Write a variation."""
    option = f":with: {words}\n" if words else ""
    return f"```{{vary}} {claim_id}\n{option}-{old}\n+{new}\n```\n"


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A book whose build asks for breaks, variations and other seeds."""
    book = new_book(tmp_path, CONF)
    book.write("transformer/__init__.py", "")
    return book


def recorded(book: Book, *parts: str) -> str:
    """Record what the parts of a page ask for, move the page into the book, and return what was said."""
    book.page("docs/sum", *parts)
    done = run_breaks(book)
    (book.root / "docs" / "sum.md").unlink()
    book.page("sum", *parts)
    return done.stdout


def test_what_stands_is_recorded_and_shown_in_one_fold(book: Book) -> None:
    first, second = vary("sum.four", "x = 2", "x = 1"), vary("sum.four", "x = 2", "x = 2.5", "half a number")
    assert "11 passed, 0 failed" in recorded(book, claim("sum.four"), GOOD, BREAK, first, second)
    built = book.build()
    assert built.exit_code == 0, built.log
    assert built.claims[0]["variations"] == 2
    _, fold = built.folds("sum")
    assert "It also holds with another number; half a number</summary>" in fold
    assert "x = 2.5" in fold


def test_a_variation_that_falls_is_named_and_not_recorded(book: Book) -> None:
    said = recorded(book, claim("sum.four"), GOOD, BREAK, vary("sum.four", "x = 2", "x = 4"))
    assert "sum.four fell with another number: AssertionError at 'assert x + 2 < 5'" in said
    assert "9 passed, 1 failed" in said
    built = book.build()
    assert built.exit_code == 2
    assert "variations were not recorded from these sources, those of sum.four among them" in built.log


def test_evidence_that_rests_on_its_seed_is_named_and_not_recorded(book: Book) -> None:
    lucky = cell("import torch\ntorch.manual_seed(7)\nassert torch.initial_seed() == 7", "sum.four")
    said = recorded(book, claim("sum.four"), lucky, diff("sum.four", "torch.manual_seed(7)", "torch.manual_seed(8)"))
    assert "sum.four fell with 101 added to every seed" in said
    assert "sum.four fell with 808 added to every seed" in said
    built = book.build()
    assert built.exit_code == 2
    assert "1 pages were not run under other seeds from these sources, sum among them" in built.log


def test_a_change_of_the_sources_asks_for_a_new_record(book: Book) -> None:
    recorded(book, claim("sum.four"), GOOD, BREAK, vary("sum.four", "x = 2", "x = 1"))
    assert book.build().exit_code == 0
    parts = [claim("sum.four"), cell("x = 2\nassert x + 2 < 6 - 1", "sum.four"), BREAK, vary("sum.four", "x = 2", "x = 1")]
    book.page("sum", *parts)
    built = book.build("-E")
    assert "variations were not recorded" in built.log
    assert "pages were not run under other seeds" in built.log


def test_a_variation_of_no_claim_goes_with_its_page(book: Book) -> None:
    book.page("docs/sum", claim("sum.four"), GOOD, BREAK, vary("sum.four", "x = 2", "x = 1"))
    assert run_breaks(book).returncode == 0
    book.page("docs/sum", claim("sum.four"), GOOD, BREAK)
    assert run_breaks(book).returncode == 0
    assert json.loads((book.root / "variations.json").read_text(encoding="utf-8"))["variations"] == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("torch.manual_seed(3)", "torch.manual_seed(3 + 5)"),
        ("torch.Generator().manual_seed(seed)", "torch.Generator().manual_seed(seed + 5)"),
        ("random.Random(0).choice(x)", "random.Random(0 + 5).choice(x)"),
        ("np.random.default_rng(1)", "np.random.default_rng(1 + 5)"),
        ("train(model, seed=2)", "train(model, seed=2 + 5)"),
        ("torch.seed()", "torch.seed()"),
        ("draw(3)", "draw(3)"),
    ],
)
def test_only_seeds_are_changed(before: str, after: str) -> None:
    block = Block("{code-cell}", "python", before, 1)
    assert reseeded([block], 5)[0].content == ast.unparse(ast.parse(after))


def test_a_fall_by_the_words_of_a_message_counts_where_the_claim_is_about_them(book: Book) -> None:
    raised = "raise AssertionError(\"expected ValueError with 'four', got ValueError: five\")"
    check = cell("good = True\nif not good:\n    pass\nassert good", "sum.four")
    change = f"```{{break}} sum.four\n-    pass\n+    {raised}\n@@\n-good = True\n+good = False\n```\n"
    book.page("docs/sum", claim("sum.four"), check, change)
    assert "fell by the wording of a message" in run_breaks(book).stdout
    book.page("docs/sum", claim("sum.four"), check, change.replace("sum.four\n", "sum.four\n:wording:\n", 1))
    assert run_breaks(book).returncode == 0
