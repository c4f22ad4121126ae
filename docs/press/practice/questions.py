"""Find the questions of a page, with what it says about each and the claims that decide it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import zip_longest

from docutils import nodes
from docutils.nodes import Element, Node
from sphinx import addnodes

from press.cells import is_cell
from press.claims.gather import is_claim
from press.practice.cards import card, card_of

PROSE = (
    nodes.paragraph,
    nodes.bullet_list,
    nodes.enumerated_list,
    nodes.definition_list,
    nodes.block_quote,
    nodes.literal_block,
    nodes.math_block,
    nodes.table,
    nodes.note,
    nodes.warning,
    nodes.admonition,
)


@dataclass(frozen=True)
class Question:
    """A question: its words, what one must see to answer it, what the page says, and the ids of the claims that decide it.

    ``anchor`` is where it stands on its page; empty for the page's title. ``asked`` says how often it is met, if that is known.
    """

    page: str
    anchor: str
    words: list[Node]
    shown: list[Node]
    answer: list[Node]
    claims: list[str]
    asked: str = ""

    @property
    def key(self) -> str:
        """An id that is unique in the book, and stays as long as page and heading keep their names."""
        return "-".join(["q", *self.page.split("/"), *([self.anchor] if self.anchor else [])])


def questions_of_page(page: str, doctree: nodes.document) -> list[Question]:
    """List a page's questions in the order in which they stand: headings that ask, and sections with a card."""
    top = next(iter(doctree.findall(nodes.section)), None)
    if top is None:
        return []
    groups = [section for section in top.findall(nodes.section) if any(name.endswith("-follow-up") for name in section["ids"])]
    inside = {id(section): group for group in groups for section in group.findall(nodes.section) if section is not group}
    found = []
    for section in top.findall(nodes.section):
        found_card = card_of(section)
        asks = id(section) in inside or (section not in groups and _title(section).astext().endswith("?"))
        if (asks or found_card) and not (found_card and found_card["left_out"]):
            found.append(_on_card(_of_section(page, top, section, inside.get(id(section)), groups), found_card))
    return found


def _of_section(
    page: str, top: nodes.section, section: nodes.section, group: nodes.section | None, groups: list[nodes.section]
) -> Question:
    if section is top:
        return _of_title(page, top, groups)
    shown = _prose(_opening(group), with_code=True) if group else []
    # What needs the lines above it to be understood is named after them.
    before = [*_words(group), nodes.Text(". ")] if group and shown else []
    answer = _prose(_opening(section)) or _told_with_evidence(section)
    return Question(page, section["ids"][0], [*before, *_words(section)], shown, answer, _claims([section]))


def _of_title(page: str, top: nodes.section, groups: list[nodes.section]) -> Question:
    """Return the question in the page's title: claims that answer a note decide it, or all that no follow-up question has."""
    asked_later = set(_claims(groups, noted=False))
    own = [claim for claim in _claims([top], noted=False) if claim not in asked_later]
    noted = [claim for claim in _claims([top], noted=True) if claim in own]
    return Question(page, "", _words(top), [], _prose(_opening(top)), noted or own)


def _on_card(question: Question, found: card | None) -> Question:
    """Put in what a card says: other words, another answer, how often it is asked."""
    if found is None:
        return question
    words, *answer = found.children
    assert isinstance(words, nodes.Element)
    said = [child.deepcopy() for child in words.children]
    claims = question.claims or named_claims(question.answer)  # an answer of its own has no links to claims
    return replace(
        question,
        words=said or question.words,
        answer=[bare(part) for part in answer] or question.answer,
        claims=claims,
        asked=found["asked"],
    )


def named_claims(found: Iterable[Node]) -> list[str]:
    """List the claims to which an answer links."""
    links = [link for part in found for link in part.findall(addnodes.pending_xref) if link.get("refdomain") == "claim"]
    return list(dict.fromkeys(str(link["reftarget"]) for link in links))


def _title(section: nodes.section) -> Node:
    return next(child for child in section.children if isinstance(child, nodes.title))


def _words(section: nodes.section) -> list[Node]:
    return [child.deepcopy() for child in _title(section).children]


def _opening(section: nodes.section) -> list[Node]:
    """Return what stands between a section's title and its first part."""
    parts = (i for i, child in enumerate(section.children) if isinstance(child, nodes.section))
    return section.children[1 : next(parts, len(section.children))]


def _claims(sections: Iterable[Element], noted: bool = False) -> list[str]:
    blocks = [node for section in sections for node in section.findall(nodes.container) if is_claim(node)]
    return [str(block["claim_id"]) for block in blocks if block["note"] or not noted]


def _told_with_evidence(section: nodes.section) -> list[Node]:
    """Copy the sentences between a claim and its code, for an answer that has no others."""
    boxes = [node for node in section.findall(nodes.container) if "claim-evidence" in node["classes"]]
    return [copy for box in boxes for copy in _prose(box.children)]


def _prose(children: list[Node], with_code: bool = False) -> list[Node]:
    """Copy the sentences; code only if it is asked for, outputs never."""
    found: list[Node] = []
    for child, follower in zip_longest(children, children[1:]):
        if isinstance(child, PROSE):
            # A sentence that only leads to code would lead nowhere.
            leads = child.astext().rstrip().endswith(":") and is_cell(follower)
            if with_code or not leads:
                found.append(bare(child))
        elif with_code and is_cell(child):
            found += [bare(code) for code in list(child.findall(nodes.literal_block))[:1]]
    return found


def bare(node: Node) -> Node:
    """Copy a node without what must be unique in the book or belongs to its page: ids, names, numbers, index entries."""
    copy = node.deepcopy()
    for part in list(copy.findall(lambda part: isinstance(part, addnodes.index | nodes.target | nodes.footnote_reference))):
        part.parent.remove(part)
    for element in copy.findall(nodes.Element):
        for key in ("ids", "names", "backrefs", "dupnames"):
            element[key] = []
        for key in ("number", "label", "slug"):
            element.attributes.pop(key, None)
    return copy


def without_links(found: list[Node]) -> list[Node]:
    """Copy nodes, of links only their words: a line that opens something cannot lead somewhere else too."""
    box = nodes.container("", *(bare(node) for node in found))
    for link in [*box.findall(addnodes.pending_xref), *box.findall(nodes.reference)]:
        link.replace_self(link.children)
    return list(box.children)
