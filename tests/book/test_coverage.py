"""Every statement of the notes is answered, once."""

import re
from collections import Counter
from pathlib import Path

from press.cells import pages_in

DOCS = Path(__file__).parents[2] / "docs"
STATEMENTS = {0: 2, 1: 3, 2: 5, 3: 4, 4: 6, 5: 10, 6: 7, 7: 4, 8: 8}  # section of the notes, number of its statements


def test_every_statement_of_the_notes_has_exactly_one_claim() -> None:
    answered = Counter(
        note
        for page in pages_in(DOCS)
        for note in re.findall(r"^```\{claim\}[^`]*?^:note: (\S+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    )
    wanted = [f"{section}.{number}" for section, count in STATEMENTS.items() for number in range(1, count + 1)]
    assert answered == Counter(wanted)
