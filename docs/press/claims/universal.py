"""Universal words: a sentence with one of them speaks of all cases, so somebody must have looked for the one that does not fit.

A claim pays for them in one of three ways:

- ``:reach: enumerated``: its evidence asserts in a loop, over a whole collection, or as a property of Hypothesis;
- two variations or more (``{vary}``) over the conditions that its topic has;
- ``:reach: WORDS``: the condition under which it holds, in words that stand in the sentence.
"""

import re
from collections.abc import Iterator

from press.claims.model import Claim

UNIVERSAL = re.compile(r"\b(every|any|all|always|never|only|nothing|no|cannot|exactly|whatever|wherever)\b", re.IGNORECASE)
ENUMERATED = "enumerated"
VARIATIONS = 2


def unpaid(claim: Claim) -> Iterator[str]:
    """Say why a claim's sentence is wider than its evidence, if it is."""
    words = sorted({word.lower() for word in UNIVERSAL.findall(claim.statement)})
    if claim.reach == ENUMERATED:
        if not claim.enumerates:
            yield f"reach not enumerated: {claim.id}: no evidence asserts in a loop, over a collection or as a property"
    elif claim.reach and " ".join(claim.reach.split()) not in claim.statement:
        yield f"reach not in the sentence: {claim.id} does not say {claim.reach!r}"
    elif words and claim.verdict != "opinion" and not claim.reach and claim.variations < VARIATIONS:
        yield f"universal word unpaid: {claim.id} says {', '.join(words)}: vary it twice, or say :reach: (see CONTRIBUTING)"
