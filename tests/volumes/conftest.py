"""The sources of the book, as the tests of its volumes need them."""

import re
from pathlib import Path

import pytest

from press.cells import pages_in

DOCS = Path(__file__).parents[2] / "docs"
VOLUMES = DOCS.parent / "_build" / "book" / "volumes"
LEFT_OUT = {"404.md"}
"""Pages that only a site needs."""


@pytest.fixture(scope="session")
def titles() -> list[str]:
    """The title of every page of the book, as plain words."""
    pages = [page for page in pages_in(DOCS) if page.name not in LEFT_OUT]
    found = [re.search(r"^# (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE) for page in pages]
    return [re.sub(r"[`$\\{}]", "", title[1]) for title in found if title]


@pytest.fixture(scope="session")
def volumes() -> dict[str, Path]:
    """The finished volumes by kind."""
    return {kind: VOLUMES / f"the-transformer-checked.{kind}" for kind in ("pdf", "epub")}
