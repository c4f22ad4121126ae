"""Search: a query's first result is the page that must come first, and the keys lead there."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urldefrag

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as TooLong

from tests.site.reading import Opened, Reader

QUERIES = Path(__file__).parents[1] / "queries.toml"
RESULT = "#search-results ul.search li a"
FORGET = "try { localStorage.clear(); sessionStorage.clear(); } catch { /* an empty page has none */ }"


def queries() -> list[tuple[str, str]]:
    """Read the list of queries: what is typed, and the page that must come first."""
    listed = tomllib.loads(QUERIES.read_text(encoding="utf-8"))["query"]
    return [(query["text"], query["first"]) for query in listed]


@contextmanager
def asking(reader: Reader) -> Iterator[Opened]:
    """Open the search for many questions: each is that of someone who was never here, but whose browser fetched all before."""
    with reader.open("search.html") as opened:
        opened.page.add_init_script(FORGET)
        yield opened


def came_first(page: Page, wanted: str, patience: int) -> list[str]:
    """Wait for the first result of a search and compare its address."""
    try:
        page.locator(RESULT).first.wait_for(timeout=patience)
    except TooLong:
        return [f"no result, expected {wanted}"]
    found = urldefrag(str(page.locator(RESULT).first.evaluate("(link) => link.href"))).url.partition("?")[0]
    return [] if found == wanted else [f"first came {found}, expected {wanted}"]


def faults(opened: Opened, text: str, first: str) -> list[str]:
    """Search for a text, and look at the first result."""
    address = opened.reader.address
    # What the last search still waits for is given up here, and no fault of this one.
    opened.page.goto("about:blank")
    opened.faults.clear()
    opened.page.goto(f"{address}search.html?q={quote(text)}")
    return came_first(opened.page, f"{address}{first}.html", opened.reader.patience) + opened.faults


def faults_of_keys(reader: Reader, page: str, text: str, first: str) -> list[str]:
    """Press Ctrl+K on a page, type a text and Enter, and look at the first result."""
    with reader.open(page) as opened:
        opened.page.keyboard.press("Control+k")
        opened.page.keyboard.type(text)
        opened.page.keyboard.press("Enter")
        return came_first(opened.page, f"{reader.address}{first}.html", reader.patience) + opened.faults
