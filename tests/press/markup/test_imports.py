"""Cells that only import are folded on the site, and stand open in nothing else."""

from pathlib import Path

from tests.press.books import cell, claim, new_book


def test_a_cell_of_imports_is_folded_and_others_are_not(tmp_path: Path) -> None:
    book = new_book(tmp_path, 'extensions += ["press.markup.imports"]')
    evidence = cell("import math\n\nassert math.e > 2", "sum.four")
    book.page("sum", cell("import math"), cell("import cmath\n\nx = 2"), claim("sum.four"), evidence)
    built = book.build()
    assert built.exit_code == 0, built.log
    html = built.html("sum")
    assert html.count("<details") - html.count("claim-more") == 1
    assert html.index(">Imports<") < html.index("<details") + 200
    assert html.index("cmath") > html.index("</details>")
