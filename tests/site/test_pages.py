"""Every page of the site, one by one."""

import pytest

from built import Site, the_site
from checks import accessibility, formulas, opening, plain, policy
from reading import DESK, PHONE, Reader, Scheme
from verdict import clean

PAGES = the_site().pages
each_page = pytest.mark.parametrize("page", PAGES)
each_scheme = pytest.mark.parametrize("scheme", ["light", "dark"])


@each_page
@each_scheme
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_it_opens_without_a_fault_and_asks_nothing_of_others(reader: Reader, page: str, width: int, scheme: Scheme) -> None:
    clean(opening.faults(reader, page, width=width, scheme=scheme))


@each_page
def test_every_formula_is_drawn(reader: Reader, page: str) -> None:
    clean(formulas.faults(reader, page))


# Each pair of width, colours and folding comes up; all eight triples would double the time and show nothing new.
@each_page
@pytest.mark.parametrize(
    ("scheme", "width", "folded"),
    [("light", PHONE, True), ("light", DESK, False), ("dark", DESK, True), ("dark", PHONE, False)],
    ids=["light-phone-folded", "light-desk-unfolded", "dark-desk-folded", "dark-phone-unfolded"],
)
def test_axe_finds_nothing(reader: Reader, page: str, scheme: Scheme, width: int, folded: bool) -> None:
    clean(accessibility.faults(reader, page, width=width, scheme=scheme, folded=folded))


@each_page
def test_it_can_be_read_without_scripts(reader: Reader, page: str) -> None:
    clean(plain.faults(reader, page))


@each_page
def test_it_runs_no_script_but_the_site_s_own(site: Site, page: str) -> None:
    clean(policy.faults(site, page))
