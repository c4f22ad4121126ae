"""Little books that must build, and what their readers then see."""

import pytest

from tests.press.books import Book, Build, cell, claim, new_book

LISTS = """# Index

{claim-count}`all` claims, {claim-count}`refuted` refuted, on {claim-count}`pages` pages with {claim-count}`cells` cells.
See {claim:ref}`sum.four`.

```{toctree}
sum
sum-more
```

```{claim-questions}
sum
```

```{claim-quotes}
sum-more.five
```

```{claim-totals}
```

```{claim-ledger}
:verdict: refuted
```

```{claim-errors}
```
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    book = new_book(tmp_path_factory.mktemp("book"))
    book.write("index.md", LISTS)
    book.page(
        "sum",
        "$d_k$\n",
        claim("sum.four", note="1.1"),
        cell("assert 2 + 2 == 4", "sum.four"),
        claim("sum.order", "depends", "Order does not matter."),
        "It does not in a sum:\n",
        cell("assert 2 + 3 == 3 + 2", "sum.order"),
        "It does in a difference:\n",
        cell("assert 2 - 3 != 3 - 2", "sum.order"),
        "A paragraph after the claim.\n",
        "(sum-follow-up)=\n## Follow-up questions\n\n### Is it four?\n",
        "Yes.\n",
        cell("assert 2 + 2 == 4", tags="hide-input"),
    )
    book.page(
        "sum-more",
        claim("sum-more.five", "refuted", "Two and two are five."),
        cell(
            'from transformer.teaching import raises\n\nwith raises(ZeroDivisionError, "by zero"):\n    1 / 0\nassert 2 + 2 != 5',
            "sum-more.five",
        ),
        claim("sum-more.beauty", "opinion", "Sums are beautiful."),
    )
    return book


@pytest.fixture(scope="module")
def built(book: Book) -> Build:
    return book.build("-j", "2")


def test_it_builds_without_a_word(built: Build) -> None:
    assert built.exit_code == 0, built.log
    assert "WARNING: " not in built.log.replace("WARNING | ", "")


def test_claims_json_says_what_the_run_found(built: Build) -> None:
    keys = ["id", "note", "verdict", "status", "statement", "page", "url", "evidence", "instead", "when", "variations"]
    assert [list(row) for row in built.claims] == [keys] * 4
    assert [(row["id"], row["note"], row["verdict"], row["status"], row["evidence"]) for row in built.claims] == [
        ("sum.four", "1.1", "holds", "proved", 1),
        ("sum.order", None, "depends", "proved", 2),
        ("sum-more.five", None, "refuted", "proved", 1),
        ("sum-more.beauty", None, "opinion", "opinion", 0),
    ]
    assert built.claims[0]["statement"] == "Two and two are four."
    assert [(row["instead"], row["when"]) for row in built.claims[:3]] == [
        (None, None),
        (None, "Four is 2 + 2."),
        ("Four is 2 + 2.", None),
    ]
    assert built.claims[0]["url"] == "sum.html#sum-four"


def test_claim_verdict_and_evidence_are_one_block(built: Build) -> None:
    html = built.html("sum")
    start = html.rindex("<div", 0, html.index('id="sum-order"'))
    block = html[start : html.index("<p>A paragraph after the claim.")]
    for part in (
        "◐",
        "depends",
        "proved by this build",
        "Order does not matter.",
        "It does in a difference:",
        'href="#sum-order"',
    ):
        assert part in block
    assert block.count('class="cell ') == 2
    assert block.count("<div") == block.count("</div")


def test_what_is_so_stands_under_the_sentence_that_does_not_say_it(built: Build) -> None:
    assert "<strong>It depends:</strong> Four is <code" in built.html("sum")
    html = built.html("sum-more")
    assert html.index("Two and two are five.") < html.index("<strong>What is so:</strong> Four is <code")
    lists = built.html("index")
    assert "What is so: Four is 2 + 2." in lists[lists.index("<table") :], "the ledger says it too"
    assert "Four is 2 + 2." in lists[lists.index('class="claim-quote ') : lists.index("See the code that decided it")]


def test_the_note_is_shown(built: Build) -> None:
    assert "note 1.1" in built.html("sum")


def test_follow_up_answers_are_folded_and_their_heading_is_not(built: Build) -> None:
    (answer,) = (fold for fold in built.folds("sum") if 'class="answer"' in fold)
    assert "<p>Yes.</p>" in answer
    assert "Is it four?" not in answer


def test_formulas_are_mathml(built: Build) -> None:
    assert "<msub><mi>d</mi><mi>k</mi></msub>" in built.html("sum")


def test_lists_come_from_the_same_data(built: Build) -> None:
    html = built.html("index")
    assert "4 claims, 1 refuted, on 2 pages with 4 cells." in html
    assert 'href="sum.html#sum-four"' in html
    assert "Two and two are five." in html
    assert "ZeroDivisionError: division by zero" in html
    assert "Order does not matter." not in html[html.index("<table") :], "the ledger lists only the refuted"


def test_nothing_changed_means_no_page_is_read(book: Book, built: Build) -> None:
    before = (built.site / "sum.html").stat().st_mtime_ns
    again = book.build()
    assert again.exit_code == 0
    assert (built.site / "sum.html").stat().st_mtime_ns == before


def test_a_changed_source_runs_every_page_again(book: Book, built: Build) -> None:
    doctree = built.site.parent / "doctrees" / "sum.doctree"
    before = doctree.stat().st_mtime_ns
    book.write("source.txt", "something else")
    assert book.build().exit_code == 0
    assert doctree.stat().st_mtime_ns != before


def test_a_card_shows_how_a_question_came_out(built: Build) -> None:
    html = built.html("index")
    card = html[html.index('class="question ') : html.index('class="claim-quote ')]
    assert '<a class="reference internal" href="sum.html">sum</a>' in card
    assert '<rect class="verdict-holds" x="0" width="1" height="1"/><rect class="verdict-depends" x="1" width="1"' in card
    assert "1 <span" in card


def test_a_quoted_claim_leads_to_its_evidence(built: Build) -> None:
    html = built.html("index")
    quote = html[html.index('class="claim-quote ') :]
    assert quote.index("Two and two are five.") < quote.index(
        'href="sum-more.html#sum-more-five">See the code that decided it</a>'
    )


def test_a_folded_cell_is_named_by_its_words(built: Build) -> None:
    html = built.html("sum")
    summary = html[html.index('<details class="admonition hide') :].split("</summary>")[0]
    assert '<summary><span class="collapsed admonition-title">Show code cell source</span>' in summary
