"""The ledger's filter shows exactly the claims that it was asked for."""

import json
from typing import Any

from playwright.sync_api import Page

from tests.site.built import Site
from tests.site.reading import Reader

PAGE = "reference/ledger.html"
FORM = "form.ledger-filter"
ROWS = "#ledger-all .ledger-group tbody tr"
IN_SIGHT = "(rows) => rows.filter((row) => row.getClientRects().length > 0).length"


def compare(page: Page, what: str, expected: int) -> list[str]:
    """Compare the rows in sight, and what is said about them, with what is expected."""
    rows = int(page.locator(ROWS).evaluate_all(IN_SIGHT))
    told = page.locator(".ledger-count").inner_text()
    right = rows == expected and told.startswith(f"{expected} " if expected else "No claim")
    return [] if right else [f"filter, {what}: {rows} rows, {told!r}, expected {expected}"]


def words(claim: dict[str, str]) -> str:
    """What the row of a claim says."""
    return " ".join(claim.get(part) or "" for part in ("statement", "id", "instead", "when")).lower()


def faults(reader: Reader, site: Site) -> list[str]:
    """Use every choice of the filter, and compare what is left with the claims that the build recorded."""
    claims: list[dict[str, Any]] = json.loads(site.read("claims.json"))

    def count(**wanted: str) -> int:
        return sum(all(claim[key] == value for key, value in wanted.items()) for claim in claims)

    with reader.open(PAGE) as opened:
        page, form, found = opened.page, opened.page.locator(FORM), opened.faults
        if form.count() != 1:
            return [*found, f"no filter: {FORM}"]
        found += compare(page, "untouched", len(claims))
        for verdict in sorted({claim["verdict"] for claim in claims}):
            form.locator(f"input[name=verdict][value={verdict}]").check()
            found += compare(page, f"verdict {verdict}", count(verdict=verdict))
            form.locator(f"input[name=verdict][value={verdict}]").uncheck()
        for source in sorted({claim["page"] for claim in claims}):
            form.get_by_label("Page").select_option(source)
            found += compare(page, f"page {source}", count(page=source))
        refuted = next(claim for claim in claims if claim["verdict"] == "refuted")
        form.get_by_label("Page").select_option(refuted["page"])
        form.locator("input[name=verdict][value=refuted]").check()
        found += compare(page, "verdict and page", count(verdict="refuted", page=refuted["page"]))
        form.locator("button[type=reset]").click()
        page.wait_for_timeout(100)
        found += compare(page, "reset", len(claims))
        form.get_by_label("Words").fill("MASK")
        found += compare(page, "words", sum("mask" in words(claim) for claim in claims))
        form.get_by_label("Words").fill("no claim has this in it")
        found += compare(page, "words of no claim", 0)
        return found
