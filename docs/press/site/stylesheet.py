"""One small stylesheet in place of a dozen: a page is drawn only when all its stylesheets are there.

The theme, MyST-NB and the book bring twelve, of which most rules are for parts that this book does not have: two thousand icons,
for one. When the pages stand, their stylesheets are put together in the order in which the pages name them. A rule stays if every
class and id that it asks for is on a page, or is a word of a script that a page loads, since scripts put classes on too.
"""

import hashlib
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import tinycss2
from sphinx.errors import ExtensionError
from tinycss2.ast import AtRule, IdentToken, Node, QualifiedRule

from press.finished import Finished, Page, Tag

GROUPS = {"container", "layer", "media", "supports"}
"""At-rules that hold rules."""

OTHER_FILE = re.compile(r"@import|url\((?!\s*[\"']?(?:data:|#))")
WORD = re.compile(r"[\w-]+")


def sheets_of(page: Page) -> list[Tag]:
    """Return the tags that load a page's stylesheets for every medium, in their order."""
    links = (tag for tag in page.tags if tag.name == "link" and tag.values.get("rel") == "stylesheet")
    return [tag for tag in links if tag.values.get("media", "all") == "all"]


def words_of(site: Finished) -> set[str]:
    """Return every class and id of a site's pages, and every word of the scripts that they load."""
    tags = [(page, tag) for page in site.pages for tag in page.tags]
    words = {word for _, tag in tags for name in ("class", "id") for word in tag.values.get(name, "").split()}
    scripts = {site.file_of(page, tag.values["src"]) for page, tag in tags if tag.name == "script" and tag.values.get("src")}
    return words.union(*(WORD.findall(site.read(path)) for path in scripts))


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
            raise ExtensionError(f"a stylesheet cannot be read: {node.message}", modname="press.site")
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


def bundle(site: Finished) -> None:
    """Give every page of a finished site one stylesheet in place of those it names.

    Args:
        site: The finished site; its pages are written again.

    Raises:
        ExtensionError: A stylesheet loads something, which it would look for in the wrong place now.
    """
    words = words_of(site)

    @cache
    def written(sheets: tuple[Path, ...]) -> str:
        css = "\n".join(needed(site.read(path), words) for path in sheets)
        if OTHER_FILE.search(css):
            raise ExtensionError(
                "a stylesheet loads another file, and would not find it from its new place", modname="press.site"
            )
        name = f"site-{hashlib.sha256(css.encode()).hexdigest()[:12]}.css"
        (site.folder / "_static" / name).write_text(css, encoding="utf-8")
        return name

    for page in site.pages:
        sheets = sheets_of(page)
        if len(sheets) > 1:
            first, *rest = sheets
            name = written(tuple(site.file_of(page, tag.values["href"]) for tag in sheets))
            address = f"{first.values['href'].partition('_static/')[0]}_static/{name}"
            values = {"rel": "stylesheet", "href": address}
            page.put(first, Tag("link", values, f'<link rel="stylesheet" href="{address}" />'))
            for tag in rest:
                page.put(tag, None)
            site.write(page)
