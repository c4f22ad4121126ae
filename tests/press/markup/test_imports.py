"""Cells that only import or set up are folded on the site; evidence, and what shows something, is not."""

import re
from pathlib import Path

from tests.press.books import cell, claim, new_book


def test_imports_and_the_set_up_are_folded_and_others_are_not(tmp_path: Path) -> None:
    book = new_book(tmp_path, 'extensions += ["press.markup.imports"]')
    under_the_title = [cell("import math"), cell("two = 2"), cell("print(math.pi)")]
    evidence = cell("import cmath\n\nassert two + 2 == 4", "sum.four")
    book.page("sum", *under_the_title, "## How\n", claim("sum.four"), evidence, cell("three = 3"))
    built = book.build()
    assert built.exit_code == 0, built.log
    assert re.findall(r">(Imports|Set-up|Show the code)<", built.html("sum")) == ["Imports"] * 2 + ["Set-up"] * 2
