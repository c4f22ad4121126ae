"""Each page of the book as one test, for `make mutation`: its cells in order, in one process, up to the first that falls.

The name keeps the file out of `make test`, which runs every cell as a test of its own.
"""

from pathlib import Path

import pytest

from press.audit.run import fallen
from press.cells import cells_of_page, pages_in

PAGES = [page for page in pages_in(Path("docs")) if cells_of_page(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_page(page: Path) -> None:
    for _, error in fallen(cells_of_page(page.read_text(encoding="utf-8")), page.stem):
        raise error
