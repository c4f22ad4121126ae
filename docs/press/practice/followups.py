"""Follow-up questions, results and exercises: each keeps its heading, and folds what stands under it.

Under a heading labelled ``...-follow-up`` everything below a question is its answer. Under one labelled ``...-folded`` everything
below a heading is folded too; it asks nothing: the heading says the result. Under one labelled ``...-exercises`` the task stays
in sight. The first try, from the sentence that leads to its cell on, is the hint. The last part, a section of its own, is the
solution.

MyST-NB runs cells only at the top level of a page, so an answer with evidence cannot stand inside a dropdown directive. The page
is written flat, and folded here. The labels are English and stay in a translation.
"""

from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.typing import ExtensionMetadata

from press.cells import is_cell
from press.folds import folded

LINES = {"-follow-up": "Answer", "-folded": "Details"}
"""The line that opens what stands under a heading, by the ending of the label above."""

HINT = "Hint: a common mistake"


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
    """Fold what stands under each question or result, each hint and each solution."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Fold the whole page's answers, details, hints and solutions."""
        for ending, line in LINES.items():
            for section in _labelled(self.document, ending):
                below = folded(line, *section.children[1:], classes=["answer"])
                section.children[1:] = []
                section += below
        for exercise in _labelled(self.document, "-exercises"):
            _fold_hint(exercise)
        for block in [node for node in self.document.findall(nodes.container) if _is_solution(node)]:
            title, *parts = block.children
            solution = folded(title.astext(), *parts, classes=["answer"])
            block.replace_self(solution)


def _fold_hint(exercise: nodes.section) -> None:
    """Fold what stands between the task and the solution; the title and one paragraph stay in sight."""
    end = next((place for place, part in enumerate(exercise) if _is_solution(part)), len(exercise))
    begin = next((place for place, part in enumerate(exercise[:end]) if is_cell(part)), end)
    if begin > 2 and isinstance(exercise[begin - 1], nodes.paragraph):
        begin -= 1
    if begin < end:
        exercise[begin:end] = [folded(HINT, *exercise[begin:end], classes=["answer"])]


def _is_solution(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and "is_solution" in node


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
    return {"version": "3", "parallel_read_safe": True, "parallel_write_safe": True}
