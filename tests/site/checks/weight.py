"""What a search costs a phone: all that its browser loads for one."""

import gzip
from urllib.parse import quote, unquote, urlsplit

from playwright.sync_api import TimeoutError as TooLong

from tests.site.built import Site
from tests.site.checks.search import RESULT
from tests.site.reading import PHONE, Reader

MOST = 300_000
"""Bytes of all files, each compressed by gzip as hosts of static pages do; the tests' own server sends them as they are."""
MANY = 10
SENTENCE = "#search-results ul.search li:first-child p.context"
LOADED = """() => performance.getEntries()
  .filter((one) => ["navigation", "resource"].includes(one.entryType) && one.transferSize > 0).map((one) => one.name)"""


def faults(reader: Reader, site: Site, text: str) -> list[str]:
    """Search on a phone as someone who was never here, wait for the sentence under the first result, and weigh what was loaded.

    Args:
        reader: Who searches.
        site: The site that is searched, with the files to weigh.
        text: What many pages hold.
    """
    with reader.open(f"search.html?q={quote(text)}", width=PHONE) as opened:
        page, found = opened.page, opened.faults
        try:
            page.locator(SENTENCE, has_text=text).wait_for(timeout=reader.patience)
        except TooLong:
            found.append(f"no sentence under the first result for {text!r}")
        page.wait_for_load_state("networkidle")
        results, loaded = page.locator(RESULT).count(), page.evaluate(LOADED)
        files = [site.folder / unquote(urlsplit(url.removeprefix(reader.address)).path) for url in loaded]
        weight = sum(len(gzip.compress(file.read_bytes())) for file in files)
        if results < MANY:
            found.append(f"{text!r} finds {results} results, too few to weigh a search")
        if weight > MOST:
            found.append(f"{text!r} finds {results} results for {weight} bytes in {len(files)} requests, at most {MOST}")
        return found
