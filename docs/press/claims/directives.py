"""The directives and roles that an author writes."""

import re
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives as options
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from press.claims.lists import KINDS
from press.claims.model import RIGHT, RIGHT_WORDS, VERDICTS
from press.folds import folded
from press.places import PlaceDirective, leave


class ClaimDirective(SphinxDirective):
    """State a claim: its id as argument, its verdict and the number of the note it answers as options."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = dict.fromkeys(("verdict", "note", "instead", "when", "reach"), options.unchanged_required)

    def run(self) -> list[nodes.Node]:
        """Put an open block into the page; the evidence that follows is gathered into it later."""
        claim_id = self.arguments[0]
        verdict = self.options.get("verdict", "")
        anchor = nodes.make_id(claim_id)
        statement = nodes.container("", *self.parse_content_to_nodes(), classes=["claim-statement"])
        said = {name: self.options.get(name, "") for name in ("verdict", "note", "reach")}
        block = nodes.container("", statement, claim_id=claim_id, classes=["claim"], **said)
        for name in RIGHT.values():
            if name in self.options:
                statement += self._right(name)
        if verdict in VERDICTS:
            block["classes"].append(f"claim-{verdict}")
        block["ids"].append(anchor)
        self.state.document.note_explicit_target(block)
        self.set_source_info(block)
        return [block]

    def _right(self, name: str) -> nodes.paragraph:
        """Write what is so, or when it is so, below the sentence that does not say it."""
        words, messages = self.parse_inline(self.options[name], lineno=self.lineno)
        verdict = next(verdict for verdict, option in RIGHT.items() if option == name)
        label = nodes.strong("", f"{RIGHT_WORDS[verdict]}:")
        return nodes.paragraph("", "", label, nodes.Text(" "), *words, *messages, classes=["claim-right"], right=name)


class BreakDirective(SphinxDirective):
    """State a change that must make a claim's evidence fall, as a diff: of the page's cells, or of the file named by ``in``."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {"in": options.unchanged_required, "wording": options.flag}

    def run(self) -> list[nodes.Node]:
        """Show the change, folded; the error is filled in from the record."""
        diff = "\n".join(self.content)
        changed = self.options.get("in", "")
        place = nodes.paragraph("", f"Change {changed or 'the code above'}:")
        code = nodes.literal_block(diff, diff, language="diff")
        part = folded("Break it", place, code, break_of=self.arguments[0], classes=["break"])
        self.set_source_info(part)
        return [part]


class VaryDirective(SphinxDirective):
    """State a change of the page's cells under which a claim's evidence must still stand, as a diff."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {"with": options.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Show the change, folded; those of one claim are gathered into one fold later."""
        diff = "\n".join(self.content)
        words, messages = self.parse_inline(self.options.get("with", ""), lineno=self.lineno)
        code = nodes.literal_block(diff, diff, language="diff")
        said = nodes.paragraph("", "", *words, *messages)
        part = folded("It also holds with", said, code, vary_of=self.arguments[0], classes=["break", "vary"])
        self.set_source_info(part)
        return [part]


class CountRole(SphinxRole):
    """Print a number that the run decided: of claims in all, of one verdict, or of pages that state claims."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Leave a place for the number."""
        if not re.fullmatch("|".join(["all", "pages", "cells", "breaks", "variations", "seeds", *VERDICTS]), self.text):
            message = self.inliner.reporter.error(f"claim-count knows no {self.text!r}", line=self.lineno)
            return [], [message]
        return [leave(self.env, "claim-count", self.text)], []


def register(app: Sphinx) -> None:
    """Add them all."""
    app.add_directive("claim", ClaimDirective)
    app.add_directive("break", BreakDirective)
    app.add_directive("vary", VaryDirective)
    for kind in KINDS:
        app.add_directive(kind, PlaceDirective)
    app.add_role("claim-count", CountRole())
