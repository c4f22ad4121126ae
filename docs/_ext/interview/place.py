"""Where the questions will stand: the directive, and the record of the pages that use it."""

from collections.abc import Set
from typing import Any

from docutils import nodes
from docutils.nodes import Element
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.domains import Domain
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from claims.domain import ClaimDomain
from claims.render import Writer


class interview(nodes.General, nodes.Element):  # noqa: N801 - docutils names its nodes in lower case
    """The place of the questions, filled when the page is written."""


class FillPlaces(SphinxPostTransform):
    """Fill every place on a page; each format says with what."""

    def run(self, **kwargs: object) -> None:
        """Fill the places."""
        places = list(self.document.findall(interview))
        if places:
            domain = self.env.domains["claim"]
            assert isinstance(domain, ClaimDomain)
            writer = Writer(self.app, domain, self.env.current_document.docname)
            for place in places:
                place.replace_self(self.filled(writer))

    def filled(self, writer: Writer) -> list[nodes.Node]:
        """Write what a place is filled with."""
        raise NotImplementedError


class InterviewDomain(Domain):
    """Know the pages that list the questions."""

    name = "interview"
    label = "Interview"
    initial_data = {"pages": {}}  # noqa: RUF012 - Sphinx declares it as a plain class attribute

    def clear_doc(self, docname: str) -> None:
        """Forget a page."""
        self.data["pages"].pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        """Take over the pages that another process has read."""
        self.data["pages"].update({page: True for page in otherdata["pages"] if page in docnames})

    def resolve_any_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> list[tuple[str, nodes.reference]]:
        """Resolve nothing: what the pages link to is theirs."""
        return []


class InterviewDirective(SphinxDirective):
    """Leave the place."""

    def run(self) -> list[nodes.Node]:
        """Put it into the page."""
        self.env.domains["interview"].data["pages"][self.env.docname] = True
        return [interview()]


def pages_to_write(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Name the pages to write again: those that list the questions, if any page was read."""
    claims = env.domains["claim"]
    assert isinstance(claims, ClaimDomain)
    return sorted(env.domains["interview"].data["pages"]) if claims.reading else []


def add_assets(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Give script and style to the pages that list the questions, and to no other."""
    if pagename in app.env.domains["interview"].data["pages"]:
        app.add_css_file("interview.css")
        app.add_js_file("interview.js", loading_method="defer")
