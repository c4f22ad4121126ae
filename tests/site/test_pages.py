"""Every page of the site, one by one."""

import pytest

from tests.site.built import Site, the_site
from tests.site.checks import opening, policy
from tests.site.checks.opening import LOOKS
from tests.site.reading import Reader
from tests.site.verdict import clean

each_page = pytest.mark.parametrize("page", the_site().pages)


@each_page
@pytest.mark.parametrize("look", LOOKS)
def test_it_opens_without_a_fault(reader: Reader, page: str, look: str) -> None:
    clean(opening.faults(reader, page, LOOKS[look]))


@each_page
def test_it_runs_no_script_but_the_site_s_own(site: Site, page: str) -> None:
    clean(policy.faults(site, page))
