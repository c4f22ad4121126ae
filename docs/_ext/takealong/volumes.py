"""The book as a volume: what ``make pdf`` and ``make epub`` change about a page before Sphinx's own writers see it.

Pictures become files, folds open, code that only draws a picture is left out, and the page of questions lists them.
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.osutil import relative_uri

from claims.notebook import cell_claim
from claims.render import Writer
from interview.collect import questions_of_page, without_links
from interview.place import FillPlaces
from takealong import print_run
from takealong.figures import Figure, figures_in
from takealong.notebook import FOLDED
from takealong.plain import frame_claims, parts, unfold

VOLUMES = ("latex", "epub")
PRINTED = 75
"""How large a picture is in print, in percent: the page is narrower than a screen."""


class ListQuestions(FillPlaces):
    """Fill the place of the interview with links: a volume has the answers on its pages, and nothing that turns them over."""

    default_priority = 0  # before the site's own list (1)
    builders = VOLUMES

    def filled(self, writer: Writer) -> list[nodes.Node]:
        """Write a list for each page that has questions."""
        return list(self._topics(writer))

    def _topics(self, writer: Writer) -> Iterator[nodes.Node]:
        for page in writer.domain.pages:
            questions = questions_of_page(page, self.env.get_doctree(page))
            if questions:
                items = [nodes.list_item("", self._line(writer, page, item.anchor, item.words)) for item in questions]
                yield nodes.bullet_list("", *items, classes=["questions"])

    def _line(self, writer: Writer, page: str, anchor: str, words: list[nodes.Node]) -> nodes.paragraph:
        link = writer.link("", page, anchor)
        link += without_links(words)
        line = nodes.paragraph("", "", link)
        if self.app.builder.name == "latex":
            line += nodes.raw("", rf"\questionpage{{\detokenize{{{page}:{anchor or ':doc'}}}}}", format="latex")
        return line


class DrawPictures(SphinxPostTransform):
    """Put every picture into a file, and drop the folded code of cells that prove nothing."""

    default_priority = 3  # before MyST-NB chooses among an output's forms (4)
    builders = VOLUMES

    def run(self, **kwargs: object) -> None:
        """Go through the cells."""
        for cell in list(parts(self.document, "cell_code")):
            if FOLDED in cell["cell_metadata"].get("tags", ()) and not cell_claim(cell):
                cell.attributes.pop("hide_mode", None)
                for source in list(parts(cell, "cell_code_source")):
                    cell.remove(source)
            for bundle in list(parts(cell, "mime_bundle")):
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
            print_run.to_pdf(figure.svg, Path(builder.outdir, uri))
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
            print_run.draw_bars(doctree)
            print_run.name_claims(doctree)
            print_run.widen_claims(doctree)


def _frame(head: nodes.Element, statement: Sequence[nodes.Node]) -> nodes.container:
    return nodes.container("", head, *statement, classes=["claim-frame"])


def register(app: Sphinx) -> None:
    """Change pages for the two builders."""
    app.add_post_transform(ListQuestions)
    app.add_post_transform(DrawPictures)
    app.add_post_transform(print_run.Parts)
    app.connect("doctree-resolved", open_up, priority=900)
    app.connect("build-finished", print_run.write_facts)
