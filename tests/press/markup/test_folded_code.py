"""What a folded cell shows, above the line that opens its code; other cells keep their order."""

from pathlib import Path

from tests.press.books import cell, claim, new_book

PICTURE = "from transformer.teaching.figures.grids import matrix\nfrom torch import eye\n\nmatrix(eye(2), 'Seen')"


def test_a_picture_stands_above_its_folded_code_and_other_cells_keep_their_order(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    cells = {
        "Folded code:": cell(PICTURE, tags="hide-input"),
        "Code in sight:": cell(PICTURE),
        "Folded output:": cell("print('shown')", tags="hide-output"),
        "All folded:": cell("print('shown')", tags="hide-cell"),
        "Nothing shown:": cell("secret = 1", tags="hide-input"),
    }
    proved = claim("sum.four"), cell("assert 2 + 2 == 4", "sum.four")
    book.page("sum", *proved, "## Seen\n", *(f"{words}\n{code}" for words, code in cells.items()))
    built = book.build()
    assert built.exit_code == 0, built.log
    html, parts = built.html("sum"), {}
    for words in reversed(cells):
        html, _, parts[words] = html.rpartition(words)
    code, shown, fold, end = "cell_input", "cell_output", "<details", "</details>"
    wanted = {
        "Folded code:": (shown, "<svg", fold, code, end),
        "Code in sight:": (code, shown, "<svg"),
        "Folded output:": (code, fold, shown, end),
        "All folded:": (fold, code, shown, end),
        "Nothing shown:": (fold, code, "secret", end),
    }
    for words, order in wanted.items():
        places = [parts[words].index(part) for part in order]
        assert places == sorted(places), words
