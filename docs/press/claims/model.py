"""What a claim and a piece of evidence are."""

from dataclasses import dataclass, field

VERDICTS = {"holds": "✓", "refuted": "✗", "depends": "◐", "opinion": "◇"}
"""Each verdict with the mark that stands beside its word."""

RIGHT = {"refuted": "instead", "depends": "when"}
"""The option by which a claim says what is so, for each verdict that does not say it."""

RIGHT_WORDS = {"refuted": "What is so", "depends": "It depends"}
"""What stands before it."""

PROVED, BROKEN, NOT_RUN, NO_EVIDENCE, OPINION = "proved", "broken", "not run", "no evidence", "opinion"


@dataclass(frozen=True)
class Evidence:
    """One code cell that names a claim, and what became of it in this build."""

    claim: str
    line: int
    status: str
    error: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Provoked:
    """An error that a cell provoked on purpose and showed."""

    claim: str
    origin: str
    kind: str
    message: str


@dataclass(frozen=True)
class Problem:
    """Something that keeps the book from being built."""

    line: int
    name: str
    message: str


@dataclass
class Claim:
    """A sentence with a verdict and the evidence that decides it.

    ``right`` is what is so where the sentence is refuted, or when it holds where that depends. ``reach`` says how its universal
    words are paid for, ``enumerates`` whether its evidence goes through cases, ``variations`` how many changes it must withstand.
    """

    id: str
    verdict: str
    note: str
    statement: str
    page: str
    line: int
    anchor: str
    evidence: list[Evidence] = field(default_factory=list)
    right: str = ""
    reach: str = ""
    enumerates: bool = False
    variations: int = 0

    @property
    def status(self) -> str:
        """Say what the run made of the claim; the worst of its evidence counts."""
        if self.verdict == "opinion":
            return OPINION
        found = {evidence.status for evidence in self.evidence}
        for status in (BROKEN, NOT_RUN, PROVED):
            if status in found:
                return status
        return NO_EVIDENCE
