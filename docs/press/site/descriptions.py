"""What a page is about, in one line for search engines and previews: its short answer, or else its first paragraph."""

import html
import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from press.claims.text import plain_text

LONGEST = 160
"""How many characters a search engine shows."""

WITHOUT_TEXT = {"genindex": "Index", "search": "Search"}
"""The pages that Sphinx itself writes."""

LABEL = "The short answer."


def shortened(text: str) -> str:
    """Shorten a text to what is shown: whole sentences if they fill half of it, or else whole words."""
    if len(text) <= LONGEST:
        return text
    sentences = re.match(rf"(.{{{LONGEST // 2},{LONGEST - 1}}}[.?!])\s", text)
    return sentences[1] if sentences else text[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def first_words(document: nodes.document) -> str:
    """Return what a page says first: its short answer, or else its first paragraph; nothing if it has no paragraph."""
    sections = list(document.findall(nodes.section))
    paragraphs = [plain_text(child) for section in sections for child in section.children if isinstance(child, nodes.paragraph)]
    answers = [text for text in paragraphs if text.startswith(LABEL)]
    return (answers or paragraphs or [""])[0].removeprefix(LABEL).strip()


def describe(app: Sphinx, pagename: str, templatename: str, context: dict[str, str], doctree: nodes.document | None) -> None:
    """Put the description into the page's head, unless its author wrote one."""
    tags = context.get("metatags", "")
    if 'name="description"' not in tags:
        written = shortened(first_words(doctree)) if doctree is not None else ""
        text = written or f"{WITHOUT_TEXT.get(pagename, pagename)}: {app.config.project}"
        context["metatags"] = f'{tags}\n    <meta name="description" content="{html.escape(text)}" />'


def setup(app: Sphinx) -> ExtensionMetadata:
    """Describe each page as it is written, before other extensions repeat the description."""
    app.connect("html-page-context", describe, priority=400)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
