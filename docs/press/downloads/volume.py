"""The book as a volume: what the builders of PDF and EPUB change about a page before Sphinx's own writers see it.

Pictures become files, folds open, code that only draws a picture is left out, and the page of questions lists them.
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.osutil import relative_uri

from press.cells import FOLDED, cell_claim, parts
from press.claims.writer import Writer
from press.downloads import pdf
from press.downloads.pictures import Figure, figures_in
from press.downloads.plain import frame_claims, unfold
from press.places import Place
from press.practice.deck import KIND as INTERVIEW
from press.practice.questions import Question, questions_of_page, without_links

VOLUMES = ("latex", "epub")
PRINTED = 75
"""How large a picture is in print, in percent: the page is narrower than a screen."""


def list_questions(app: Sphinx, place: Place) -> list[nodes.Node] | None:
    """Fill the place of the interview with links: a volume has the answers on its pages, and nothing that turns them over."""
    if place.kind != INTERVIEW or app.builder.name not in VOLUMES:
        return None
    return list(_lists(app, Writer(app, place.docname)))


def _lists(app: Sphinx, writer: Writer) -> Iterator[nodes.Node]:
    """Write a list for each page that has questions."""
    for page in writer.domain.pages:
        questions = questions_of_page(page, app.env.get_doctree(page))
        if questions:
            items = [nodes.list_item("", _line(app, writer, question)) for question in questions]
            yield nodes.bullet_list("", *items, classes=["questions"])


def _line(app: Sphinx, writer: Writer, question: Question) -> nodes.paragraph:
    link = writer.link("", question.page, question.anchor)
    link += without_links(question.words)
    line = nodes.paragraph("", "", link)
    if app.builder.name == "latex":
        label = f"{question.page}:{question.anchor or ':doc'}"
        line += nodes.raw("", rf"\questionpage{{\detokenize{{{label}}}}}", format="latex")
    return line


class DrawPictures(SphinxPostTransform):
    """Put every picture into a file, and drop the folded code of cells that prove nothing."""

    default_priority = 3  # before MyST-NB chooses among an output's forms (4)
    builders = VOLUMES

    def run(self, **kwargs: object) -> None:
        """Go through the cells, then through the outputs."""
        for cell in list(parts(self.document)):
            if FOLDED in cell["cell_metadata"].get("tags", ()) and not cell_claim(cell):
                cell.attributes.pop("hide_mode", None)
                for source in list(parts(cell, "cell_code_source")):
                    cell.remove(source)
        for bundle in list(parts(self.document, "mime_bundle")):  # of cells, and what stands for a widget
            self._draw(bundle)

    def _draw(self, bundle: nodes.container) -> None:
        html = _in_form(bundle, "text/html")
        figures = figures_in(html)
        if figures:
            bundle.replace_self(nodes.container("", *map(self._image, figures), classes=["pictures"]))
        elif 'class="provoked"' in html:
            text = _in_form(bundle, "text/plain")
            block = nodes.literal_block(text, text, language="text", classes=["provoked"])
            bundle.replace_self(nodes.container("", block, classes=["provoked"]))

    def _image(self, figure: Figure) -> nodes.image:
        builder = self.app.builder
        name = f"figure-{hashlib.sha256(figure.svg.encode()).hexdigest()[:16]}"
        if builder.name == "latex":
            uri = f"{name}.pdf"
            pdf.to_pdf(figure.svg, Path(builder.outdir, uri))
        else:
            uri = f"_images/{name}.svg"
            target = Path(builder.outdir, uri)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(figure.svg, encoding="utf-8")
            uri = relative_uri(builder.get_target_uri(self.env.current_document.docname), uri)
        image = nodes.image("", uri=uri, alt=figure.text, candidates={"?": ""})
        if builder.name == "latex":
            image["scale"] = PRINTED
        return image


def _in_form(bundle: nodes.container, mime_type: str) -> str:
    """Return what an output is in one of its forms; nothing if it has no such form."""
    return "".join(part.astext() for part in bundle.findall(nodes.container) if part.get("mime_type") == mime_type)


def open_up(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Open the folds, once the claims' heads and the lists are written."""
    if app.builder.name in VOLUMES:
        unfold(doctree)
        if app.builder.name == "latex":
            frame_claims(doctree, _frame)
            pdf.draw_bars(doctree)
            pdf.name_claims(doctree)
            pdf.widen_claims(doctree)


def _frame(head: nodes.Element, statement: Sequence[nodes.Node]) -> nodes.container:
    return nodes.container("", head, *statement, classes=["claim-frame"])


def register(app: Sphinx) -> None:
    """Change pages for the two builders."""
    app.connect("place-fill", list_questions, priority=400)  # before the site's own list
    app.add_post_transform(DrawPictures)
    app.connect("doctree-resolved", open_up, priority=900)
