"""Exercises on a page: what is asked stays in sight, and the solution is folded and no heading of the page."""

import re
from pathlib import Path

import pytest

from tests.press.books import Build, cell, claim, new_book

EXERCISES = """
(sum-exercises)=
## Exercises

Do them.

### Add

Add two and two.

```{code-cell} python
three = 2 + 1
```

#### A way out

Count on.

```{code-cell} python
result = 2 + 2
```

### Double

Double two.

#### Solution

Add it to itself.

(sum-more)=
## More

### Nothing folded here

#### Nor here

Plain.
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Build:
    book = new_book(tmp_path_factory.mktemp("exercises"))
    book.page("sum", claim("sum.fact"), cell("assert 2 + 2 == 4", "sum.fact"), EXERCISES)
    return book.build()


def test_the_book_is_built(built: Build) -> None:
    assert built.exit_code == 0, built.log


def test_only_the_solutions_are_folded(built: Build) -> None:
    folds = built.folds("sum")
    assert len(folds) == 2
    assert re.match(r'<details class="answer">\s*<summary>A way out</summary>\s*<p>Count on\.</p>', folds[0])
    assert re.match(r'<details class="answer">\s*<summary>Solution</summary>\s*<p>Add it to itself\.</p>', folds[1])


def test_the_cell_of_a_solution_is_in_the_fold_and_the_first_try_is_not(built: Build) -> None:
    html = built.html("sum")
    assert "result" in built.folds("sum")[0]
    outside = html
    for fold in built.folds("sum"):
        outside = outside.replace(fold, "")
    assert "three" in outside
    assert "result" not in outside
    assert "Add two and two." in outside
    assert "Double two." in outside


def test_a_solution_is_no_entry_in_the_table_of_contents(built: Build) -> None:
    html = built.html("sum")
    assert re.search(r'<a class="reference internal" href="#add">Add</a>', html)
    assert "#nor-here" in html
    assert "#a-way-out" not in html
    assert "#solution" not in html


def test_elsewhere_the_heading_stays(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.page("sum", claim("sum.fact"), cell("assert 2 + 2 == 4", "sum.fact"), EXERCISES)
    text = book.build("-b", "text")
    assert text.exit_code == 0, text.log
    plain = (text.site / "sum.txt").read_text(encoding="utf-8")
    assert plain.index("Add two and two.") < plain.index("A way out") < plain.index("Count on.") < plain.index("Double two.")
