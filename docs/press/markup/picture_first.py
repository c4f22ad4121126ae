"""The picture of a page stands under its short answer, wherever its cells had to run.

A section labelled ``...-picture-first`` is moved in front of the page's other sections. The cells run in the order of the source,
so the picture may be drawn from all that is above it there. ``as_written`` puts the section back, for those who need that order.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util.typing import ExtensionMetadata

LABEL = "-picture-first"
WAS = "was_after"


class MovePicture(SphinxTransform):
    """Move the section, and remember where it was."""

    default_priority = 790  # after labels have reached their sections; before the evidence of claims is gathered (800)

    def apply(self, **kwargs: object) -> None:
        """Move it in front."""
        top = next(iter(self.document.findall(nodes.section)), None)
        parts = [part for part in top.children if isinstance(part, nodes.section)] if top else []
        for part in parts[1:]:
            if top and any(name.endswith(LABEL) for name in part["ids"]):
                part[WAS] = parts.index(part)
                top.remove(part)
                top.insert(top.index(parts[0]), part)


def as_written(document: nodes.document) -> None:
    """Put a moved section back where its source has it."""
    for part in list(document.findall(nodes.section)):
        if WAS in part:
            top = part.parent
            top.remove(part)
            others = [other for other in top.children if isinstance(other, nodes.section)]
            place = part[WAS]
            top.insert(top.index(others[place]) if place < len(others) else len(top.children), part)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the transform."""
    app.add_transform(MovePicture)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
