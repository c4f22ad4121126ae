"""``{most-asked}``: the questions that are asked most often, with links, by the topics of the page of questions."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from press.claims.writer import Writer
from press.places import Place, pages_of, place
from press.practice import deck
from press.practice.cards import ASKED
from press.practice.questions import questions_of_page, without_links

KIND = "most-asked"


def fill(app: Sphinx, found: Place) -> list[nodes.Node] | None:
    """List the most asked of each topic."""
    if found.kind != KIND:
        return None
    writer = Writer(app, found.docname)
    shown: list[nodes.Node] = []
    for topic, pages in _topics(app.env).items():
        every = [one for page in pages for one in questions_of_page(page, app.env.get_doctree(page))]
        items = []
        for question in sorted((one for one in every if one.asked in ASKED[:2]), key=lambda one: ASKED.index(one.asked)):
            link = writer.link("", question.page, question.anchor)
            link += without_links(question.words)
            items.append(nodes.list_item("", nodes.paragraph("", "", link)))
        if items:
            shown += [nodes.paragraph("", "", nodes.strong("", topic)), nodes.bullet_list("", *items, bullet="-")]
    return [nodes.container("", *shown, classes=["most-asked"])]


def _topics(env: BuildEnvironment) -> dict[str, list[str]]:
    asking = [page for page, kinds in pages_of(env).items() if deck.KIND in kinds]
    places = [node for page in asking for node in env.get_doctree(page).findall(place) if node["kind"] == deck.KIND]
    return {topic: pages for node in places for topic, pages in deck.topics_of(node["wanted"]).items()}
