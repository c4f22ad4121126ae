"""What a reader tries alone: answers and solutions that fold, and one page with every question that the book asks.

``{interview}`` leaves a place. When the page is written, the place is filled from the other pages as they were read: page titles
that are questions, and what stands under a heading labelled ``...-follow-up``. Nothing is typed twice.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from press.assets import bring, bring_for
from press.places import PlaceDirective
from press.practice import anki, asked, cards, deck, most_asked


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive, and what fills its place."""
    app.setup_extension("press.claims")
    app.setup_extension("press.practice.followups")
    bring(app, Path(__file__).parent, "practice.css", "exercises.css")
    bring_for(app, deck.KIND, "interview.js", "interview.css")
    cards.register(app)
    app.add_directive(deck.KIND, PlaceDirective)
    app.connect("place-fill", deck.fill)
    app.add_directive(asked.KIND, asked.AskedDirective)
    app.connect("place-fill", asked.fill)
    for part in (anki, most_asked):
        app.add_directive(part.KIND, PlaceDirective)
        app.connect("place-fill", part.fill)
    app.connect("build-finished", anki.write_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
