"""Exercises and results: what is asked or found stays in sight; hint, solution or details are folded."""

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

And nothing else.

One more, and one more:

```{code-cell} python
two = 2 + 1 + 1
print("what the checker says")
```
```{code-cell} python
two
```

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


def test_hints_and_solutions_are_folded(built: Build) -> None:
    folds = built.folds("sum")
    lines = [re.findall(r"<summary>(.*?)</summary>", fold) for fold in folds]
    assert lines == [["Hint: a common mistake"], ["A way out"], ["Hint: a common mistake"], ["Solution"]]
    assert all(fold.startswith('<details class="answer">') for fold in folds)
    assert re.search(r"</summary>\s*<p>Count on\.</p>", folds[1])
    assert re.search(r"</summary>\s*<p>Add it to itself\.</p>", folds[3])


def test_a_hint_is_the_first_try_with_the_sentence_that_leads_to_it(built: Build) -> None:
    hints = built.folds("sum")[::2]
    assert "three" in hints[0]
    assert re.search(r"</summary>\s*<p>One more, and one more:</p>", hints[1])
    assert "what the checker says" in hints[1]
    assert hints[1].count("cell_input") == 2


def test_the_task_stays_in_sight(built: Build) -> None:
    outside = built.html("sum")
    for fold in built.folds("sum"):
        outside = outside.replace(fold, "")
    for told in ("Do them.", "Add two and two.", "Double two.", "And nothing else."):
        assert told in outside
    for told in ("three", "result", "One more", "checker"):
        assert told not in outside


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


def test_details_are_folded_under_their_headings(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    results = "(sum-results-folded)=\n(sum-results)=\n## Results\n\nIn sight.\n\n### Four is even\n\nUnfolded.\n"
    book.page("sum", claim("sum.fact"), cell("assert 2 + 2 == 4", "sum.fact"), results, cell("four = 2 + 2"))
    built = book.build()
    assert built.exit_code == 0, built.log
    (fold,) = built.folds("sum")
    assert re.match(r'<details class="answer">\s*<summary>Details</summary>\s*<p>Unfolded\.</p>', fold)
    outside = built.html("sum").replace(fold, "")
    assert "four" in fold
    assert "four</span>" not in outside
    assert "In sight." in outside
    assert 'id="sum-results"' in outside
