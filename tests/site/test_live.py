"""What a reader can touch, in a browser."""

import pytest
from playwright.sync_api import Browser

from tests.site.built import BASE, Site
from tests.site.checks import speller
from tests.site.reading import DESK, PHONE, Reader, Scheme
from tests.site.serving import served
from tests.site.verdict import clean


def test_the_model_answers_and_follows_what_is_changed(reader: Reader) -> None:
    clean(speller.faults(reader))


def test_it_answers_from_a_folder(site: Site, browser: Browser) -> None:
    clean(speller.faults(Reader(browser, f"{site.folder.as_uri()}/")))


@pytest.mark.parametrize("page", [speller.FULL, speller.SMALL])
@pytest.mark.parametrize(("wide", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_its_states_fit_and_can_be_read(reader: Reader, page: str, wide: int, scheme: Scheme) -> None:
    clean(speller.faults_of_states(reader, page, wide, scheme))


@pytest.mark.parametrize(
    "content", ["", "globalThis.packedSpeller = {};", 'globalThis.packedSpeller = {"weights": [], "floats": "?"']
)
def test_broken_data_are_told_in_one_plain_message(
    site: Site, browser: Browser, tmp_path_factory: pytest.TempPathFactory, content: str
) -> None:
    broken = site.broken(tmp_path_factory.mktemp("broken") / "site", "_static/speller-model.js", "", content)
    with served(broken.folder, BASE) as address:
        found = speller.faults_of_broken_data(Reader(browser, address))
    clean([fault for fault in found if not fault.startswith("error in a script: ")])  # the browser's own, of a script cut short
