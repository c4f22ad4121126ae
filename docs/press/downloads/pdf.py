"""What only the printed volume needs: its parts, its pictures as PDF, and the facts on its first pages."""

import platform
import re
import subprocess
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.texescape import escape

from press.claims.domain import claims_of
from press.claims.gather import claim_blocks
from press.claims.model import VERDICTS
from press.downloads.colours import for_print

FACTS, COLOURS = "facts.tex", "colours.tex"
NARROW = 10
"""The width of a ledger's column for one version of torch, in percent."""
FIRST, QUESTIONS = "Start here", "Questions"
BAR = re.compile(r'<rect class="verdict-(\w+)" x="\d+" width="(\d+)"')


def to_pdf(svg: str, target: Path) -> None:
    """Draw a picture as PDF.

    Args:
        svg: The picture.
        target: The file to write.

    Raises:
        ExtensionError: The program that draws it is not there, or fails.
    """
    try:
        subprocess.run(["rsvg-convert", "-f", "pdf", "-o", str(target)], input=svg.encode(), check=True)  # noqa: S603, S607 - of the path
    except FileNotFoundError as error:
        raise ExtensionError(
            "rsvg-convert is missing. On Debian: sudo apt-get install librsvg2-bin", modname="press.downloads"
        ) from error
    except subprocess.CalledProcessError as error:
        raise ExtensionError(f"rsvg-convert could not draw {target.name}", modname="press.downloads") from error


class Parts(SphinxPostTransform):
    """Arrange the pages as chapters in parts.

    The first page and the single pages that follow it come first; then the questions, with the page that practises them; then
    each page that lists others is a part, and what it says stands under the part's title.
    """

    default_priority = 0
    builders = ("latex",)

    def run(self, **kwargs: object) -> None:
        """Rearrange the book."""
        book = next(iter(self.document.findall(nodes.section)))
        pages = [page for page in book.findall(addnodes.start_of_file) if not _page_above(page)]
        for page in pages:
            page.parent.remove(page)
        about = nodes.section("", nodes.title("", "About this book"), *book.children[1:], ids=["about-this-book"])
        parts: dict[str, list[nodes.Node]] = {FIRST: [about], QUESTIONS: []}
        single: str = FIRST
        volumes: list[nodes.Node] = []
        for page in pages:
            inner = [part for part in page.findall(addnodes.start_of_file) if part is not page]
            if inner:
                volumes += _as_part(page, inner)
            else:
                single = QUESTIONS if "/" in page["docname"] else single
                parts[single].append(page)
        del book.children[1:]
        for name, children in parts.items():
            book += [_latex(rf"\part{{{name}}}"), *children]
        book += volumes


def _page_above(node: nodes.Node) -> bool:
    above = node.parent
    while above is not None and not isinstance(above, addnodes.start_of_file):
        above = above.parent
    return above is not None


def _as_part(page: addnodes.start_of_file, inner: list[addnodes.start_of_file]) -> list[nodes.Node]:
    """Turn a page that lists others into a part: its title, its own words, and the pages as chapters."""
    for chapter in inner:
        chapter.parent.remove(chapter)
    section = next(iter(page.findall(nodes.section)))
    title = escape(section[0].astext(), "xelatex")
    names = [f"{page['docname']}:{name}" for name in [*section["ids"], ":doc"]]
    labels = "".join(rf"\label{{\detokenize{{{name}}}}}" for name in names)
    page.children = []
    page += [_latex(rf"\part{{{title}}}{labels}"), nodes.container("", *section.children[1:], classes=["part-words"])]
    return [page, *inner]


def draw_bars(doctree: nodes.document) -> None:
    """Draw the bars of the questions: on the site they are SVG."""
    for raw in list(doctree.findall(nodes.raw)):
        if "verdict-bar" in raw.astext():
            found = dict(BAR.findall(raw.astext()))
            raw.replace_self(_latex(r"\verdictbar" + "".join(f"{{{found.get(verdict, 0)}}}" for verdict in VERDICTS)))


def name_claims(doctree: nodes.document) -> None:
    """Let references find a claim, and its printed id have a class: the writer knows neither on these nodes."""
    for block in claim_blocks(doctree):
        frame = cast("nodes.Element", block[0])
        frame.insert(0, nodes.target("", "", ids=block["ids"]))
    for link in list(doctree.findall(nodes.reference)):
        if "claim-id" in link["classes"]:
            link.replace_self(nodes.inline("", "", link.deepcopy(), classes=["claim-id"]))


def widen_claims(doctree: nodes.document) -> None:
    """Give the sentence of a claim, in the lists of claims, the room that the verdicts beside it leave."""
    for table in doctree.findall(nodes.table):
        if "ledger" in table["classes"]:
            table["classes"].append("colwidths-given")
            sentence, *others = table.findall(nodes.colspec)
            sentence["colwidth"] = 100 - NARROW * len(others)
            for column in others:
                column["colwidth"] = NARROW


def _latex(text: str) -> nodes.raw:
    return nodes.raw("", f"{text}\n", format="latex")


def write_facts(app: Sphinx, exception: Exception | None) -> None:
    """Write what the title page and the page behind it say, and the colours of the site."""
    if exception is not None or app.builder.name != "latex":
        return
    domain = claims_of(app.env)
    counts = Counter(claim.verdict for claim in domain.claims)
    facts = {
        "claims": len(domain.claims),
        "cells": sum(len(claim.evidence) for claim in domain.claims),
        **{verdict: counts[verdict] for verdict in VERDICTS},
        "version": app.config.release,
        "torch": version("torch"),
        "python": platform.python_version(),
        "copyright": app.config.copyright,
    }
    lines = (rf"\newcommand{{\book{name}}}{{{value}}}" for name, value in facts.items())
    Path(app.outdir, FACTS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    Path(app.outdir, COLOURS).write_text(for_print(), encoding="utf-8")
    to_pdf(Path(app.confdir, app.config.html_logo).read_text(encoding="utf-8"), Path(app.outdir, "logo.pdf"))


def register(app: Sphinx) -> None:
    """Arrange the parts; write the facts when the text stands."""
    app.add_post_transform(Parts)
    app.connect("build-finished", write_facts)
