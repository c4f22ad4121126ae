"""One small stylesheet in place of a dozen: a page is drawn only when all its stylesheets are there.

The theme, MyST-NB and the book bring twelve, of which most rules are for parts that this book does not have: two thousand icons,
for one. When the pages stand, their stylesheets are put together in the order in which the pages name them. A rule stays if every
class and id that it asks for is on a page, or is a word of a script that a page loads, since scripts put classes on too.
"""

import hashlib
import re
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import tinycss2
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.typing import ExtensionMetadata
from tinycss2.ast import AtRule, IdentToken, Node, QualifiedRule

from address import base_path
from deadlinks import file_of, html_pages

GROUPS = {"container", "layer", "media", "supports"}
"""At-rules that hold rules."""

OTHER_FILE = re.compile(r"@import|url\((?!\s*[\"']?(?:data:|#))")
WORD = re.compile(r"[\w-]+")


class Page(HTMLParser):
    """What a page loads: its stylesheets for every medium, each with its tag, and its scripts; and its classes and ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []
        self.scripts: list[str] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what one tag loads and is called."""
        values = dict(attrs)
        self.names.update(*((values.get(name) or "").split() for name in ("class", "id")))
        if tag == "link" and values.get("rel") == "stylesheet" and values.get("media", "all") == "all":
            self.sheets.append((values.get("href") or "", self.get_starttag_text() or ""))
        elif tag == "script" and values.get("src"):
            self.scripts.append(values["src"] or "")


def needed(css: str, words: set[str]) -> str:
    """Leave out of a stylesheet what no page can use, and every font: the book ships none.

    Args:
        css: the stylesheet.
        words: every class and id of the pages, and every word of their scripts.

    Returns:
        The rules that are left, in their order, and comments that begin with "!": they hold licences.
    """
    return _kept(tinycss2.parse_stylesheet(css), words)


def _kept(nodes: list[Node], words: set[str]) -> str:
    found = []
    for node in nodes:
        if isinstance(node, QualifiedRule):
            selectors = [
                text for part in _split(node.prelude) if _used(part, words) and (text := tinycss2.serialize(part).strip())
            ]
            if selectors:
                found.append(f"{','.join(selectors)}{{{tinycss2.serialize(node.content).strip()}}}")
        elif isinstance(node, AtRule):
            if node.lower_at_keyword in GROUPS and node.content is not None:
                inner = _kept(tinycss2.parse_rule_list(node.content), words)
                if inner:
                    found.append(f"@{node.at_keyword}{tinycss2.serialize(node.prelude)}{{{inner}}}")
            elif node.lower_at_keyword != "font-face":
                found.append(node.serialize())
        elif node.type == "comment" and node.value.startswith("!"):
            found.append(node.serialize())
        elif node.type == "error":
            raise ExtensionError(f"a stylesheet cannot be read: {node.message}", modname="stylesheet")
    return "\n".join(found)


def _split(prelude: list[Node]) -> list[list[Node]]:
    """Part a rule's selectors at its commas; those inside brackets are part of one token."""
    parts: list[list[Node]] = [[]]
    for part in prelude:
        if part == ",":
            parts.append([])
        else:
            parts[-1].append(part)
    return parts


def _used(selector: list[Node], words: set[str]) -> bool:
    """Say if a page can have all that a selector asks for. What stands in brackets, as in :not(), is taken to be there."""
    classes = [after.value for before, after in pairwise(selector) if before == "." and isinstance(after, IdentToken)]
    ids = [token.value for token in selector if token.type == "hash"]
    return words.issuperset(classes + ids)


def bundle(site: Path, base: str) -> None:
    """Give every page of a finished site one stylesheet in place of those it names.

    Args:
        site: the folder of the site.
        base: the path at which it stands on its host.

    Raises:
        ExtensionError: a stylesheet loads something, which it would look for in the wrong place now.
    """
    texts = {site / path: (site / path).read_text(encoding="utf-8") for path in html_pages(site)}
    pages = {path: Page(text) for path, text in texts.items()}
    scripts = {file_of(site, path, address, base) for path, page in pages.items() for address in page.scripts}
    words = set[str]().union(*(page.names for page in pages.values()))
    words |= {word for path in sorted(scripts) for word in WORD.findall(path.read_text(encoding="utf-8"))}

    @cache
    def written(sheets: tuple[Path, ...]) -> str:
        css = "\n".join(needed(path.read_text(encoding="utf-8"), words) for path in sheets)
        if OTHER_FILE.search(css):
            raise ExtensionError(
                "a stylesheet loads another file, and would not find it from its new place", modname="stylesheet"
            )
        name = f"site-{hashlib.sha256(css.encode()).hexdigest()[:12]}.css"
        (site / "_static" / name).write_text(css, encoding="utf-8")
        return name

    for path, page in pages.items():
        if len(page.sheets) > 1:
            name = written(tuple(file_of(site, path, address, base) for address, _ in page.sheets))
            to_static = page.sheets[0][0].partition("_static/")[0]
            first, *rest = (tag for _, tag in page.sheets)
            text = texts[path].replace(first, f'<link rel="stylesheet" href="{to_static}_static/{name}" />', 1)
            for tag in rest:
                text = text.replace(tag, "", 1)
            path.write_text(text, encoding="utf-8")


def bundle_finished(app: Sphinx, exception: Exception | None) -> None:
    """Put the stylesheets together once every page stands, before anything looks at the finished site."""
    if exception is None and app.builder.name == "html":
        bundle(Path(app.outdir), base_path(app.config))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Bundle once everything is written."""
    app.connect("build-finished", bundle_finished, priority=800)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
