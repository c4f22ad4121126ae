"""``{most-asked}``: the questions that are asked most often, with links to their answers. A line names a topic and its pages."""

from docutils import nodes
from sphinx.application import Sphinx

from press.claims.writer import Writer
from press.places import Place
from press.practice.cards import ASKED
from press.practice.questions import questions_of_page, without_links

KIND = "most-asked"


def fill(app: Sphinx, place: Place) -> list[nodes.Node] | None:
    """List the most asked of each topic, in the order of the lines."""
    if place.kind != KIND:
        return None
    writer = Writer(app, place.docname)
    found: list[nodes.Node] = []
    for line in place.wanted:
        topic, _, pages = line.partition(":")
        every = [one for page in pages.split() for one in questions_of_page(page, app.env.get_doctree(page))]
        asked = [one for one in every if one.asked in ASKED[:2]]
        items = []
        for question in sorted(asked, key=lambda one: ASKED.index(one.asked)):
            link = writer.link("", question.page, question.anchor)
            link += without_links(question.words)
            items.append(nodes.list_item("", nodes.paragraph("", "", link)))
        if items:
            found += [nodes.paragraph("", "", nodes.strong("", topic.strip())), nodes.bullet_list("", *items, bullet="-")]
    return [nodes.container("", *found, classes=["most-asked"])]
