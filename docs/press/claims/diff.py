"""A change of a page's cells or of a file, written as a diff."""

from collections.abc import Sequence
from dataclasses import dataclass

from press.cells import Block

NEXT_PLACE = "@@"


@dataclass(frozen=True)
class Change:
    """A change that belongs to a claim; a line that begins with ``@@`` stands between its places.

    ``line`` is where it stands in the page's source.
    """

    claim: str
    diff: str
    line: int

    @property
    def places(self) -> list[tuple[list[str], list[str]]]:
        """The old lines and the new lines of each place."""
        parts: list[list[str]] = [[]]
        for line in self.diff.splitlines():
            if line.startswith(NEXT_PLACE):
                parts.append([])
            else:
                parts[-1].append(line)
        return [(_kept(part, " -"), _kept(part, " +")) for part in parts] if self.diff else []

    def apply(self, text: str, where: str) -> str:
        """Make the change in a text that holds the old lines of each place exactly once.

        Args:
            text: What is changed.
            where: What it is called in the message.

        Raises:
            ValueError: The old lines occur never, or more than once, or the change changes nothing.
        """
        for old, new in self.places:
            text = self._replaced(text, old, new, where)
        return text

    def in_cells(self, cells: Sequence[Block]) -> list[Block]:
        """Make the change in the cells of a page: in the claim's own where the old lines are, in any of them otherwise.

        Raises:
            ValueError: The old lines of a place occur once in no cell.
        """
        changed = list(cells)
        for old, new in self.places:
            own = [i for i, cell in enumerate(changed) if cell.options.get("claim") == self.claim]
            found = [
                i for i in (*own, *range(len(changed))) if len(_starts(changed[i].content.rstrip("\n").split("\n"), old)) == 1
            ]
            if not found or old == new:
                raise ValueError(f"{self.claim}: the old lines occur once in no cell that the evidence needs: {old}")
            cell = changed[found[0]]
            changed[found[0]] = cell.with_content(self._replaced(cell.content.rstrip("\n"), old, new, "the cell"))
        return changed

    def _replaced(self, text: str, old: list[str], new: list[str], where: str) -> str:
        lines = text.split("\n")
        starts = _starts(lines, old)
        if len(starts) != 1 or old == new:
            raise ValueError(f"{self.claim}: the old lines occur {len(starts)} times in {where}, expected once: {old}")
        lines[starts[0] : starts[0] + len(old)] = new
        return "\n".join(lines)


def _kept(lines: list[str], signs: str) -> list[str]:
    return [line[1:] for line in lines if not line or line[0] in signs]


def _starts(lines: list[str], old: list[str]) -> list[int]:
    return [i for i in range(len(lines)) if lines[i : i + len(old)] == old]
