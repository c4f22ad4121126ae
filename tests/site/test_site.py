"""The site as a whole, and what a reader can do with it."""

import pytest
from playwright.sync_api import Browser

from tests.site.built import Site
from tests.site.checks import breaking, copying, interview, ledger, links, opening, search, theme, validity, weight
from tests.site.checks.opening import Look
from tests.site.reading import DESK, Opened, Reader
from tests.site.serving import served
from tests.site.verdict import clean

KIND = ("index.html", "diagram.html", "notes/masks.html", "reference/ledger.html", "search.html")


def test_no_address_inside_the_site_is_a_dead_end(site: Site) -> None:
    clean(links.faults(site))


def test_the_html_is_valid_but_for_what_is_known(site: Site) -> None:
    clean(validity.faults(site, site.pages))


@pytest.mark.parametrize(("text", "first"), search.queries())
def test_a_search_finds_the_right_page_first(asking: Opened, text: str, first: str) -> None:
    clean(search.faults(asking, text, first))


@pytest.mark.parametrize("text", ["attention", "mask"])
def test_a_search_costs_a_phone_little_and_shows_a_sentence(reader: Reader, site: Site, text: str) -> None:
    clean(weight.faults(reader, site, text))


def test_a_search_begins_with_two_keys(reader: Reader) -> None:
    text, first = search.queries()[0]
    clean(search.faults_of_keys(reader, "notes/view.html", text, first))


def test_the_ledger_shows_what_it_is_asked_for(reader: Reader, site: Site) -> None:
    clean(ledger.faults(reader, site))


def test_the_interview_gives_nothing_away_and_keeps_what_was_known(reader: Reader) -> None:
    clean(interview.faults(reader))


def test_light_and_dark_are_kept(reader: Reader) -> None:
    clean(theme.faults(reader, "notes/view.html", "index.html"))


def test_code_can_be_copied(reader: Reader) -> None:
    clean(copying.faults(reader, "notes/masks.html"))


def test_a_long_line_of_code_goes_on_further_right(reader: Reader) -> None:
    clean(breaking.faults(reader, "notes/masks.html"))


# A kind of page each: the others are made of the same parts.
@pytest.mark.parametrize("page", KIND)
def test_it_works_under_a_path(site: Site, browser: Browser, page: str) -> None:
    with served(site.folder, "/a/path/") as address:
        clean(opening.faults(Reader(browser, address), page, Look(DESK, "light")))


@pytest.mark.parametrize("page", KIND)
def test_it_works_from_a_folder(site: Site, browser: Browser, page: str) -> None:
    clean(opening.faults(Reader(browser, f"{site.folder.as_uri()}/"), page, Look(DESK, "light")))


def test_search_works_from_a_folder_and_under_a_path(site: Site, browser: Browser) -> None:
    text, first = search.queries()[0]
    with search.asking(Reader(browser, f"{site.folder.as_uri()}/")) as opened:
        clean(search.faults(opened, text, first))
    with served(site.folder, "/a/path/") as address, search.asking(Reader(browser, address)) as opened:
        clean(search.faults(opened, text, first))
