"""Each check sees what it is for: it is given a copy of the site with one thing broken."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.site.built import BASE, Site
from tests.site.checks import links
from tests.site.faults import FAULTS
from tests.site.place import PAGE, Place
from tests.site.reading import Reader
from tests.site.serving import served


@pytest.mark.parametrize("name", FAULTS)
def test_it_is_seen(name: str, site: Site, browser: Browser, tmp_path: Path) -> None:
    fault, broken = FAULTS[name], site
    for i, edit in enumerate(fault.edits):
        broken = broken.broken(tmp_path / str(i), *edit)
    with served(broken.folder, BASE) as address:
        found = fault.check(Place(broken, Reader(browser, address, patience=5_000)))
    assert any(fault.words in line for line in found), found


def test_a_page_that_was_not_built_is_missed(site: Site, tmp_path: Path) -> None:
    broken = site.broken(tmp_path / "site", PAGE, "", "")
    (broken.folder / PAGE).unlink()
    assert f"{PAGE}: not in the site" in links.missing_pages(broken)


def test_without_a_site_nothing_passes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(Path(__file__).with_name("test_pages.py"))]
    done = subprocess.run(command, env={**os.environ, "SITE": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "no site in" in done.stdout + done.stderr
