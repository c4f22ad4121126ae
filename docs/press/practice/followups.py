"""Follow-up questions and exercises: each keeps its heading, and folds its answer or its solution.

Under a heading labelled ``...-follow-up`` everything below a question is its answer. Under one labelled ``...-exercises`` an
exercise stays in sight, and its last part, a section of its own, is the solution.

MyST-NB runs cells only at the top level of a page, so an answer with evidence cannot stand inside a dropdown directive. The page
is written flat, and folded here. The labels are English and stay in a translation.
"""

from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.typing import ExtensionMetadata

from press.folds import folded


class MarkSolutions(SphinxTransform):
    """Make a block of each solution, so that the page's table of contents does not list it; its heading stays as a rubric."""

    default_priority = 800  # after labels have reached their sections, before the table of contents is collected

    def apply(self, **kwargs: object) -> None:
        """Mark the whole page's solutions."""
        for exercise in _labelled(self.document, "-exercises"):
            for solution in [child for child in exercise.children if isinstance(child, nodes.section)]:
                title = nodes.rubric("", "", *solution[0].children)
                block = nodes.container("", title, *solution.children[1:], is_solution=True)
                exercise.replace(solution, block)


class Fold(SphinxPostTransform):
    """Fold what stands under each question, and each solution."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Fold the whole page's answers and solutions."""
        for question in _labelled(self.document, "-follow-up"):
            answer = folded("Answer", *question.children[1:], classes=["answer"])
            question.children[1:] = []
            question += answer
        for block in [node for node in self.document.findall(nodes.container) if node.get("is_solution")]:
            title, *parts = block.children
            solution = folded(title.astext(), *parts, classes=["answer"])
            block.replace_self(solution)


def _labelled(document: nodes.document, ending: str) -> Iterator[nodes.section]:
    """Find the sections right under those whose label ends so."""
    for section in list(document.findall(nodes.section)):
        if any(label.endswith(ending) for label in section["ids"]):
            yield from [child for child in section.children if isinstance(child, nodes.section)]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the transforms."""
    app.setup_extension("press.folds")
    app.add_transform(MarkSolutions)
    app.add_post_transform(Fold)
    return {"version": "2", "parallel_read_safe": True, "parallel_write_safe": True}
