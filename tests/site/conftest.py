"""The site, a server for it, and one browser for each process of the tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.site.built import BASE, Site, the_site
from tests.site.checks import search
from tests.site.reading import Opened, Reader, launched
from tests.site.serving import served


@pytest.fixture(scope="session")
def site() -> Site:
    return the_site()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launched(playwright.chromium)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def reader(site: Site, browser: Browser) -> Iterator[Reader]:
    with served(site.folder, BASE) as address:
        yield Reader(browser, address)


@pytest.fixture(scope="session")
def asking(reader: Reader) -> Iterator[Opened]:
    with search.asking(reader) as opened:
        yield opened
