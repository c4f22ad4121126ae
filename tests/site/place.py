"""A place where the checks are asked: a site that may be broken, and a reader of it."""

from dataclasses import dataclass

from tests.site.built import Site
from tests.site.checks import breaking, copying, interview, ledger, links, opening, policy, search, theme, validity, weight
from tests.site.checks.opening import LOOKS, Look
from tests.site.reading import DESK, Reader
from tests.site.serving import served

# A short page for what can be seen on any, one with code, one with formulas, and another one to go to
PAGE, CODE, MATH, OTHER = "reference/cite.html", "notes/view.html", "reference/glossary.html", "index.html"
QUERY, FIRST = search.queries()[0]


@dataclass(frozen=True)
class Place:
    """A site, and a reader of it."""

    site: Site
    reader: Reader

    def light_phone(self) -> list[str]:
        return opening.faults(self.reader, PAGE, LOOKS["light-phone"])

    def light_desk(self) -> list[str]:
        return opening.faults(self.reader, PAGE, LOOKS["light-desk"])

    def dark_phone(self) -> list[str]:
        return opening.faults(self.reader, PAGE, LOOKS["dark-phone"])

    def dark_desk(self) -> list[str]:
        return opening.faults(self.reader, PAGE, LOOKS["dark-desk"])

    def formulas(self) -> list[str]:
        return opening.faults(self.reader, MATH, LOOKS["light-desk"])

    def from_a_folder(self) -> list[str]:
        return opening.faults(Reader(self.reader.browser, f"{self.site.folder.as_uri()}/"), PAGE, Look(DESK, "light"))

    def under_a_path(self) -> list[str]:
        with served(self.site.folder, "/a/path/") as address:
            return opening.faults(Reader(self.reader.browser, address), PAGE, Look(DESK, "light"))

    def valid(self) -> list[str]:
        return validity.faults(self.site, [PAGE])

    def links(self) -> list[str]:
        return links.faults(self.site)

    def policy(self) -> list[str]:
        return policy.faults(self.site, PAGE)

    def search(self) -> list[str]:
        with search.asking(self.reader) as opened:
            return search.faults(opened, QUERY, FIRST)

    def search_for_another(self) -> list[str]:
        with search.asking(self.reader) as opened:
            return search.faults(opened, QUERY, "no-such-page")

    def search_on_a_phone(self) -> list[str]:
        return weight.faults(self.reader, self.site, "attention")

    def search_for_little(self) -> list[str]:
        return weight.faults(self.reader, self.site, "how to cite")

    def keys(self) -> list[str]:
        return search.faults_of_keys(self.reader, PAGE, QUERY, FIRST)

    def ledger(self) -> list[str]:
        return ledger.faults(self.reader, self.site)

    def interview(self) -> list[str]:
        return interview.faults(self.reader)

    def theme(self) -> list[str]:
        return theme.faults(self.reader, PAGE, OTHER)

    def copying(self) -> list[str]:
        return copying.faults(self.reader, CODE)

    def breaking(self) -> list[str]:
        return breaking.faults(self.reader, CODE)
