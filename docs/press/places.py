"""Places: what a page leaves open while it is read, and fills once every page has been read.

A wing names a kind of place and connects to the event ``place-fill``. The first handler that knows a kind, and the builder, says
what stands there. Pages with places are written again whenever any page was read.
"""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives as options
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.domains import Domain
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

EVENT = "place-fill"


class place(nodes.General, nodes.Inline, nodes.Element):  # noqa: N801 - docutils names its nodes in lower case
    """An open place: its ``kind``, the ``verdict`` that it asks for, and the lines ``wanted`` in it."""


@dataclass(frozen=True)
class Place:
    """An open place on a page that is being written."""

    app: Sphinx
    docname: str
    kind: str
    verdict: str
    wanted: Sequence[str]


Filler = Callable[[Sphinx, Place], list[nodes.Node] | None]
"""What a wing connects: returns what stands in a place, or None for a place that is not its own."""


class PlaceDirective(SphinxDirective):
    """Leave a place of the kind that the directive is called."""

    has_content = True
    option_spec: ClassVar = {"verdict": options.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Put it into the page."""
        wanted = [line.strip() for line in self.content if line.strip()]
        return [leave(self.env, self.name, self.options.get("verdict", ""), wanted)]


def leave(env: BuildEnvironment, kind: str, verdict: str = "", wanted: Sequence[str] = ()) -> place:
    """Make a place for the page that is being read, and remember that the page has one.

    Args:
        env: The environment of the build.
        kind: What the place is for.
        verdict: The verdict that it asks for, if any.
        wanted: The lines that its author wrote into it.

    Returns:
        The node to put into the page.
    """
    pages_of(env).setdefault(env.docname, set()).add(kind)
    return place(kind=kind, verdict=verdict, wanted=list(wanted))


def pages_of(env: BuildEnvironment) -> dict[str, set[str]]:
    """Return the pages that have places, each with the kinds of them."""
    pages: dict[str, set[str]] = env.domains["place"].data["pages"]
    return pages


class PlaceDomain(Domain):
    """Know the pages that have places, and whether this build reads any page."""

    name = "place"
    label = "Place"
    initial_data = {"pages": {}}  # noqa: RUF012 - Sphinx declares it as a plain class attribute
    data_version = 1
    reading: Sequence[str] = ()

    def clear_doc(self, docname: str) -> None:
        """Forget a page."""
        self.data["pages"].pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        """Take over the pages that another process has read."""
        self.data["pages"].update({page: kinds for page, kinds in otherdata["pages"].items() if page in docnames})

    def resolve_any_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: nodes.Element,
    ) -> list[tuple[str, nodes.reference]]:
        """Resolve nothing: a place is no target."""
        return []


class FillPlaces(SphinxPostTransform):
    """Fill every place on a page."""

    default_priority = 1  # before glued figures (5) and references (10) are resolved, so that those in what is filled in are too

    def run(self, **kwargs: object) -> None:
        """Ask for each place what stands there."""
        for node in list(self.document.findall(place)):
            open_place = Place(self.app, self.env.current_document.docname, node["kind"], node["verdict"], node["wanted"])
            found = self.app.emit_firstresult(EVENT, open_place)
            if found is None:
                raise ExtensionError(f"nothing fills a place of kind {node['kind']!r} in {open_place.docname}", modname="press")
            node.replace_self(found)


def note_reading(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Learn which pages this build reads."""
    domain = env.domains["place"]
    assert isinstance(domain, PlaceDomain)
    domain.reading = docnames


def pages_to_write(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Name the pages to write again: those with places, if any page was read."""
    domain = env.domains["place"]
    assert isinstance(domain, PlaceDomain)
    return sorted(pages_of(env)) if domain.reading else []


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register node, record and event."""
    app.add_event(EVENT)
    app.add_node(place)
    app.add_domain(PlaceDomain)
    app.add_post_transform(FillPlaces)
    app.connect("env-before-read-docs", note_reading)
    app.connect("env-updated", pages_to_write)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
