"""Addresses that stay: no anchor of a page is a number that shifts when something is added above it.

docutils numbers what it cannot name: a heading whose words stand on the page twice, a Chinese glossary term, a reference to a
paper. Such a number goes where the place has a name of its own; else the place is named after what it belongs to.
"""

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util.typing import ExtensionMetadata

NUMBERED = re.compile(r"id\d+")
NUMBERED_TERM = re.compile(r"term-\d+")


class NameAnchors(SphinxTransform):
    """Drop or rename what is only numbered."""

    default_priority = 840  # labels have reached their headings (260); references (850) and contents come later

    def apply(self, **kwargs: object) -> None:
        """Go through headings, references to papers, and glossary terms."""
        for section in self.document.findall(nodes.section):
            self._name_section(section)
        for reference in self.document.findall(addnodes.pending_xref):
            if reference.get("refdomain") == "cite":
                reference["ids"] = [name for name in reference["ids"] if not NUMBERED.fullmatch(name)]
        items = list(self.document.findall(nodes.definition_list_item))
        for item in items:
            self._give_back(item)
        for item in items:
            self._name_terms(item)

    def _name_section(self, section: nodes.section) -> None:
        named = [name for name in section["ids"] if not NUMBERED.fullmatch(name)]
        if not named:
            # The heading is in digits or Chinese: it is named after the heading above it.
            above = section.parent["ids"][0] if isinstance(section.parent, nodes.section) else "page"
            words = "-".join(re.findall(r"[a-z0-9]+", section[0].astext().lower()))
            named = [self._free(f"{above}-{words or 'part'}", section)]
        section["ids"] = named

    def _give_back(self, item: nodes.definition_list_item) -> None:
        """Give a term its own name if a Chinese one above it, such as 在线 softmax, has taken it with its Latin letters."""
        for term in item.findall(nodes.term):
            name = f"term-{term.astext()}"
            holder = self.document.ids.get(name)
            if isinstance(holder, nodes.term) and holder is not term and not holder.astext().isascii():
                english = next(one for one in holder.parent.findall(nodes.term) if one.astext().isascii())
                self._rename(holder, self._free(f"{english['ids'][0]}-zh", holder))
                self._rename(term, name)
                self.document.ids[name] = term

    def _name_terms(self, item: nodes.definition_list_item) -> None:
        """Name a Chinese term after the English one beside it."""
        terms = list(item.findall(nodes.term))
        english = [name for term in terms for name in term["ids"] if not NUMBERED_TERM.fullmatch(name)]
        for term in terms:
            if english and any(NUMBERED_TERM.fullmatch(name) for name in term["ids"]):
                self._rename(term, self._free(f"{english[0]}-zh", term))

    def _rename(self, term: nodes.term, new: str) -> None:
        """Give a term another name, here and in everything that points to it."""
        term["ids"] = [new]
        word = term.astext()
        standard = self.env.domains.standard_domain
        standard.objects["term", word] = (self.env.docname, new)
        standard.data["terms"][word.lower()] = (self.env.docname, new)
        for index in term.findall(addnodes.index):
            index["entries"] = [(kind, text, new, main, key) for kind, text, _, main, key in index["entries"]]

    def _free(self, wanted: str, node: nodes.Element) -> str:
        """Return the name, or the name with the first number that makes it new, and take it."""
        name, number = wanted, 1
        while name in self.document.ids:
            number += 1
            name = f"{wanted}-{number}"
        self.document.ids[name] = node
        return name


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the transform."""
    app.add_transform(NameAnchors)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
