"""A page is opened once for all that is looked at under one width and one scheme of colours: as it opens, and unfolded."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.site.checks import accessibility, elsewhere, formulas, plain, width
from tests.site.reading import DESK, PHONE, Opened, Reader, Scheme

Check = Callable[[Opened], list[str]]


@dataclass(frozen=True)
class Look:
    """How a page is opened, and what is looked at beside what always is.

    Args:
        width: of the window, in CSS pixels.
        scheme: the colours that the reader's system asks for.
        folded: more checks of the page as it opens.
        unfolded: more checks of the page where everything is unfolded.
    """

    width: int
    scheme: Scheme
    folded: tuple[Check, ...] = ()
    unfolded: tuple[Check, ...] = ()


# axe takes longer than all else. Each pair of width, colours and folding comes up; all eight triples would show nothing new.
LOOKS = {
    "light-phone": Look(PHONE, "light", folded=(accessibility.faults_while_folded,)),
    "light-desk": Look(DESK, "light", folded=(plain.faults,), unfolded=(formulas.faults, accessibility.faults)),
    "dark-phone": Look(PHONE, "dark", unfolded=(accessibility.faults,)),
    "dark-desk": Look(DESK, "dark", folded=(accessibility.faults_while_folded,)),
}


def faults(reader: Reader, page: str, look: Look) -> list[str]:
    """Open a page, unfold it, and say what went wrong, each fault once."""
    with reader.open(page, width=look.width, scheme=look.scheme) as opened:
        found = told(opened, width.faults, *look.folded)
        opened.unfold()
        found += told(opened, width.faults, elsewhere.faults, *look.unfolded)
        return list(dict.fromkeys([*opened.faults, *found]))


def told(opened: Opened, *checks: Check) -> list[str]:
    """Ask some checks, one after the other."""
    return [fault for check in checks for fault in check(opened)]
