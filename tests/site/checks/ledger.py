"""The ledger's filter shows exactly the claims that it was asked for."""

import json
from collections import Counter

from playwright.sync_api import Page

from built import Site
from reading import Reader

PAGE = "reference/ledger.html"
FORM = "#ledger-filter"
ROWS = "table.ledger tbody tr"
IN_SIGHT = "(rows) => rows.filter((row) => row.getClientRects().length > 0).length"
NAMING_MASKS = "(rows) => rows.filter((row) => /mask/i.test(row.textContent)).length"
# No claim's row has this in it.
NOWHERE = "zzqx"


def count(page: Page) -> int:
    """Count the rows in sight."""
    return int(page.locator(ROWS).evaluate_all(IN_SIGHT))


def faults(reader: Reader, site: Site) -> list[str]:
    """Use every choice of the filter, compare what is left with the build's own data, and what is said about it."""
    claims = json.loads(site.read("claims.json"))
    with reader.open(PAGE) as opened:
        page, found = opened.page, opened.faults
        if page.locator(FORM).count() != 1:
            return [f"no filter: {FORM}"]
        verdict, source = page.locator(f"{FORM} select[name=verdict]"), page.locator(f"{FORM} select[name=page]")
        text = page.locator(f"{FORM} input[name=text]")

        def compare(what: str, expected: int) -> None:
            """Compare rows in sight, and the count that is told, with what is expected."""
            page.wait_for_timeout(300)  # a filter may wait until the reader stops typing
            told = page.locator("#ledger-count").inner_text()
            if count(page) != expected or str(expected) not in told.split():
                found.append(f"{what}: {count(page)} rows, {told!r}, expected {expected}")

        compare("no filter", len(claims))
        for select, key in ((verdict, "verdict"), (source, "page")):
            totals = Counter(claim[key] for claim in claims)
            values = select.locator("option").evaluate_all("(options) => options.map((option) => option.value).filter(Boolean)")
            if set(values) != set(totals):
                found.append(f"{key}: the choices are {sorted(values)}, expected {sorted(totals)}")
            for value in values:
                select.select_option(value)
                compare(f"{key} {value}", totals[value])
            select.select_option("")
        text.fill("MASK")
        compare("text", int(page.locator(ROWS).evaluate_all(NAMING_MASKS)))
        text.fill(NOWHERE)
        compare("no match", 0)
        text.fill("")
        both = next(claim for claim in claims if claim["verdict"] == "refuted")
        verdict.select_option("refuted")
        source.select_option(both["page"])
        compare("both", sum(c["verdict"] == "refuted" and c["page"] == both["page"] for c in claims))
        return found
