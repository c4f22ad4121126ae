"""What the source of a page promises to try: its breaks and variations, whether they can be made, and their digests."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from press.cells import blocks_of_page, cells_of_page
from press.claims.breaks import breaks_of_page, digest_of_break, digest_of_page, digest_of_tried, misses
from press.claims.model import Problem
from press.claims.needed import needed_cells
from press.claims.variations import digest_of_variation, variations_of_page


@dataclass(frozen=True)
class Changes:
    """The changes of a page: the digest of the page's sources, and by claim the digests of them all."""

    sources: str
    breaks: dict[str, list[str]]
    variations: dict[str, list[str]]
    problems: list[Problem]


def changes_of_page(text: str, root: Path) -> Changes:
    """Read the changes that a page's source states.

    Args:
        text: The source.
        root: The folder that the package is in.

    Returns:
        Their digests, and what keeps the book from being built over one of them.
    """
    cells = cells_of_page(text)
    sources = digest_of_page(cells, root)
    breaks, variations = breaks_of_page(text), variations_of_page(text)
    return Changes(
        sources,
        _by_claim((one.claim, digest_of_break(one, digest_of_tried(one, cells, root))) for one in breaks),
        _by_claim((one.claim, digest_of_variation(one, digest_of_tried(one, cells, root))) for one in variations),
        [*_faults_of_breaks(text, root), *_faults_of_variations(text)],
    )


def _faults_of_breaks(text: str, root: Path) -> Iterator[Problem]:
    cells = cells_of_page(text)
    said = {block.argument: block.content for block in blocks_of_page(text) if block.name == "{claim}"}
    for change in breaks_of_page(text):
        try:
            change.check(cells, root)
        except (OSError, ValueError) as error:
            yield Problem(change.line, "break that cannot be made", str(error))
        if misses(change, said.get(change.claim, "")):
            message = f"{change.claim} speaks of torch, and the break changes {change.file}"
            yield Problem(change.line, "break of another subject", message)


def _faults_of_variations(text: str) -> Iterator[Problem]:
    cells = needed_cells(cells_of_page(text))
    for variation in variations_of_page(text):
        try:
            variation.in_cells(cells)
        except ValueError as error:
            yield Problem(variation.line, "variation that cannot be made", str(error))
        if not variation.words:
            yield Problem(variation.line, "variation without words", f"{variation.claim}: say :with: what")


def _by_claim(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for claim, digest in pairs:
        found.setdefault(claim, []).append(digest)
    return found
