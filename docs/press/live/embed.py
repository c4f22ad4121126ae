"""``{live} NAME``: a widget in HTML, and in every other format the picture of its first state.

The place is filled when the page is written, by the builder that writes it. Its data are written once the pages stand.
"""

import hashlib
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives as options
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri
from sphinx.writers.html5 import HTML5Translator

from press.live.widgets import WIDGETS, Widget
from press.places import Place, leave, pages_of
from transformer.teaching.figures.picture import Picture

KIND = "live "
"""Before a widget's name, the kind of its place."""


class live(nodes.General, nodes.Element):  # noqa: N801 - docutils names its nodes in lower case
    """A widget on a page of HTML: its ``html``, and the picture of its first state as ``svg`` and ``text``."""


class LiveDirective(SphinxDirective):
    """Leave a place for a widget; ``start`` is what its first state shows."""

    required_arguments = 1
    option_spec: ClassVar = {"start": options.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Put it into the page."""
        name = self.arguments[0]
        if name not in WIDGETS or "start" not in self.options:
            known = ", ".join(WIDGETS)
            raise self.error(f"live needs :start: and the name of a widget ({known}), got {name!r} and {sorted(self.options)}")
        return [leave(self.env, f"{KIND}{name}", wanted=[self.options["start"]])]


def fill(app: Sphinx, place: Place) -> list[nodes.Node] | None:
    """Write the widget, or draw it."""
    if not place.kind.startswith(KIND):
        return None
    widget = WIDGETS[place.kind.removeprefix(KIND)]
    (start,) = place.wanted
    picture = widget.picture(start)
    if app.builder.format != "html" or app.builder.name == "epub":
        return [_output(picture)]
    page, files = app.builder.get_target_uri(place.docname), _addressed(widget)
    html = widget.html(start, lambda name: relative_uri(page, files[name]))
    return [live("", html=html, svg=picture.svg, text=picture.text)]


def _addressed(widget: Widget) -> dict[str, str]:
    """Say where the data stand, in words that change with them: a browser may keep what it has."""
    return {
        name: f"_static/{name}?v={hashlib.sha256(content.encode()).hexdigest()[:8]}" for name, content in widget.data().items()
    }


def _output(picture: Picture) -> nodes.container:
    """Make a picture what it would be had a cell put it out, for whoever turns those into files or words."""
    svg = nodes.container("", nodes.raw("", picture.svg, format="html"), mime_type="text/html")
    text = nodes.container("", nodes.literal_block(picture.text, picture.text), mime_type="text/plain")
    return nodes.container("", svg, text, nb_element="mime_bundle")


def write_data(app: Sphinx, exception: Exception | None) -> None:
    """Write the data of the widgets that the book has."""
    if exception is None and app.builder.format == "html" and app.builder.name != "epub":
        used = {kind.removeprefix(KIND) for kinds in pages_of(app.env).values() for kind in kinds if kind.startswith(KIND)}
        for name in sorted(used):
            for file, content in WIDGETS[name].data().items():
                Path(app.outdir, "_static", file).write_text(content, encoding="utf-8")


def add_files(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Give the pages with a widget its scripts and styles, each once."""
    kinds = pages_of(app.env).get(pagename, set())
    widgets = [widget for name, widget in WIDGETS.items() if f"{KIND}{name}" in kinds]
    for script in dict.fromkeys(script for widget in widgets for script in widget.scripts):
        app.add_js_file(script, loading_method="defer")
    for style in dict.fromkeys(style for widget in widgets for style in widget.styles):
        app.add_css_file(style)


def visit_live(translator: HTML5Translator, node: live) -> None:
    """Write the widget as it is."""
    translator.body.append(node["html"])
    raise nodes.SkipNode
