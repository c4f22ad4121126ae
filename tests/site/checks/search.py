"""Search: a query's first result is the page that must come first, and the keys lead there."""

import tomllib
from pathlib import Path
from urllib.parse import quote, urldefrag

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as TooLong

from reading import Reader

QUERIES = Path(__file__).parents[1] / "queries.toml"
RESULT = "#search-results ul.search li a"


def queries() -> list[tuple[str, str]]:
    """Read the list of queries: what is typed, and the page that must come first."""
    listed = tomllib.loads(QUERIES.read_text(encoding="utf-8"))["query"]
    return [(query["text"], query["first"]) for query in listed]


def came_first(page: Page, wanted: str) -> list[str]:
    """Wait for the first result of a search and compare its address."""
    try:
        page.locator(RESULT).first.wait_for(timeout=10_000)
    except TooLong:
        return [f"no result, expected {wanted}"]
    found = urldefrag(str(page.locator(RESULT).first.evaluate("(link) => link.href"))).url.partition("?")[0]
    return [] if found == wanted else [f"first came {found}, expected {wanted}"]


def faults(reader: Reader, text: str, first: str) -> list[str]:
    """Search for a text, and look at the first result."""
    with reader.open(f"search.html?q={quote(text)}") as opened:
        return came_first(opened.page, reader.address + first + ".html") + opened.faults


def faults_of_keys(reader: Reader, page: str, text: str, first: str) -> list[str]:
    """Press Ctrl+K on a page, type a text and Enter, and look at the first result."""
    with reader.open(page) as opened:
        opened.page.keyboard.press("Control+k")
        opened.page.keyboard.type(text)
        opened.page.keyboard.press("Enter")
        return came_first(opened.page, reader.address + first + ".html") + opened.faults
