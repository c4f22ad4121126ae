"""The directives and roles that an author writes."""

import re
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives as options
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from press.claims.lists import KINDS
from press.claims.model import VERDICTS
from press.folds import folded
from press.places import PlaceDirective, leave


class ClaimDirective(SphinxDirective):
    """State a claim: its id as argument, its verdict and the number of the note it answers as options."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {"verdict": options.unchanged_required, "note": options.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Put an open block into the page; the evidence that follows is gathered into it later."""
        claim_id = self.arguments[0]
        verdict = self.options.get("verdict", "")
        anchor = nodes.make_id(claim_id)
        statement = nodes.container("", *self.parse_content_to_nodes(), classes=["claim-statement"])
        block = nodes.container(
            "", statement, claim_id=claim_id, verdict=verdict, note=self.options.get("note", ""), classes=["claim"]
        )
        if verdict in VERDICTS:
            block["classes"].append(f"claim-{verdict}")
        block["ids"].append(anchor)
        self.state.document.note_explicit_target(block)
        self.set_source_info(block)
        return [block]


class BreakDirective(SphinxDirective):
    """State a change that must make a claim's evidence fall, as a diff: of the page's cells, or of the file named by ``in``."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {"in": options.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Show the change, folded; the error is filled in from the record."""
        diff = "\n".join(self.content)
        changed = self.options.get("in", "")
        place = nodes.paragraph("", f"Change {changed or 'the code above'}:")
        code = nodes.literal_block(diff, diff, language="diff")
        part = folded("Break it", place, code, break_of=self.arguments[0], classes=["break"])
        self.set_source_info(part)
        return [part]


class CountRole(SphinxRole):
    """Print a number that the run decided: of claims in all, of one verdict, or of pages that state claims."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Leave a place for the number."""
        if not re.fullmatch("|".join(["all", "pages", "cells", *VERDICTS]), self.text):
            message = self.inliner.reporter.error(f"claim-count knows no {self.text!r}", line=self.lineno)
            return [], [message]
        return [leave(self.env, "claim-count", self.text)], []


def register(app: Sphinx) -> None:
    """Add them all."""
    app.add_directive("claim", ClaimDirective)
    app.add_directive("break", BreakDirective)
    for kind in KINDS:
        app.add_directive(kind, PlaceDirective)
    app.add_role("claim-count", CountRole())
