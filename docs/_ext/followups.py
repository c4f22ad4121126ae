"""Follow-up questions: under a heading labelled ``...-follow-up``, each question keeps its heading and folds its answer.

MyST-NB runs cells only at the top level of a page, so an answer with evidence cannot stand inside a dropdown directive. The page
is written flat, and folded here. The label is English and stays in a translation.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.typing import ExtensionMetadata

from folds import folded


class FoldAnswers(SphinxPostTransform):
    """Fold what stands under each question."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Fold the whole page's answers."""
        for section in list(self.document.findall(nodes.section)):
            if not any(label.endswith("-follow-up") for label in section["ids"]):
                continue
            for question in section.findall(nodes.section):
                if question is not section:
                    answer = folded("", *question.children[1:], summary="Answer", classes=["answer"])
                    question.children[1:] = []
                    question += answer


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the transform."""
    app.setup_extension("folds")
    app.add_post_transform(FoldAnswers)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
