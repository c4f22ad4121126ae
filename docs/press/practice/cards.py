"""``{card}``: how the deck asks what a section answers, how often it is asked, and an answer that stands alone.

It shows nothing on its page. Its question is the section's heading unless it says another. Its answer is what the section says
unless it has one of its own. ``:deck: no`` leaves the section out.
"""

from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives as options
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

ASKED = ("very often", "often", "sometimes", "rarely")
"""How often a question is met in public collections of interview questions, from most to least."""


class card(nodes.Invisible, nodes.Element):  # noqa: N801 - docutils names its nodes in lower case
    """A card: its first child holds the question's words, the others are the answer. It has ``asked`` and ``left_out``."""


class CardDirective(SphinxDirective):
    """Put a card into the section that it is about."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar = {
        "asked": lambda text: options.choice(text, ASKED),
        "deck": lambda text: options.choice(text, ("no",)),
    }

    def run(self) -> list[nodes.Node]:
        """Leave the card where it stands."""
        words, messages = self.parse_inline(self.arguments[0] if self.arguments else "")
        question = nodes.inline("", "", *words)
        answer = self.parse_content_to_nodes()
        return [card("", question, *answer, asked=self.options.get("asked", ""), left_out="deck" in self.options), *messages]


class RemoveCards(SphinxPostTransform):
    """Take the cards off the pages that are written; the deck reads them from the pages as they were read."""

    default_priority = 2  # before references (10) are resolved: those of a card start on the deck's page

    def run(self, **kwargs: object) -> None:
        """Remove every card."""
        for node in list(self.document.findall(card)):
            node.parent.remove(node)


def card_of(section: nodes.section) -> card | None:
    """Return the card that stands in a section itself, not in a part of it.

    Raises:
        ExtensionError: A second card stands there; the deck would not ask it.
    """
    found = [child for child in section.children if isinstance(child, card)]
    if len(found) > 1:
        raise ExtensionError(f"a heading has one card, got {len(found)} under {section[0].astext()!r}", modname="press")
    return found[0] if found else None


def register(app: Sphinx) -> None:
    """Register directive, node and transform."""
    app.add_node(card)
    app.add_directive("card", CardDirective)
    app.add_post_transform(RemoveCards)
