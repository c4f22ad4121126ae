"""A page's prose as plain Markdown, as Jupyter and everybody else reads it; a mark stands where each code cell was."""

import re
from collections.abc import Sequence
from urllib.parse import urljoin

from docutils import nodes
from sphinx.application import Sphinx
from sphinx_markdown_builder.contexts import IndentContext, SubContextParams, TableContext, WrappedContext
from sphinx_markdown_builder.translator import MarkdownTranslator

from press.downloads.plain import frame_claims, unfold
from press.markup.picture_first import as_written

MARK = "\N{OBJECT REPLACEMENT CHARACTER}"
SPECIAL = re.compile(r"[\\`*$<\[\]]|(?<!\w)_|_(?!\w)")
LEADING = re.compile(r"^(#+|>|[-+]|\d+\.)(?=\s)", flags=re.MULTILINE)


def prose_of(app: Sphinx, doctree: nodes.document, docname: str, *, bare: bool) -> list[str]:
    """Write a page's prose, cut at its code cells, in the order in which they run.

    Args:
        app: The application; its builder has written links for the site.
        doctree: The page as it was resolved for the site; it stays as it is.
        docname: The page's name.
        bare: Whether it is to be read as it is: nothing is escaped, and of the links only those to other sites are left.

    Returns:
        The pieces: one more than there are cells. A piece may be empty.
    """
    copy = doctree.deepcopy()
    copy.settings, copy.reporter = doctree.settings, doctree.reporter
    as_written(copy)
    unfold(copy)
    frame_claims(copy, _quote)
    translator = Translator(copy, app, docname, bare)
    copy.walkabout(translator)
    return [piece.strip() for piece in translator.astext().split(MARK)]


def _quote(head: nodes.Element, statement: Sequence[nodes.Node]) -> nodes.block_quote:
    """Quote a claim: its verdict, what else its head says between dots, and below it the sentence."""
    said = [part for line in head.findall(nodes.paragraph) for part in line.children if isinstance(part, nodes.Element)]
    verdict, *others = said
    line = nodes.paragraph("", "", nodes.strong("", verdict.astext()))
    for part in others:
        line += [nodes.Text(" · "), part]
    return nodes.block_quote("", line, *statement)


class Table(TableContext):  # type: ignore[misc] # the library has no types
    """A table whose cells may hold the sign that ends a cell."""

    @staticmethod
    def make_row(row: list[list[str]]) -> list[str]:
        """Write the cells of one row."""
        return ["".join(entry).strip().replace("\n", " ").replace("|", r"\|") for entry in row]


class Translator(MarkdownTranslator):  # type: ignore[misc]
    """Write nodes as Markdown. The library knows the common ones."""

    def __init__(self, document: nodes.document, app: Sphinx, docname: str, bare: bool) -> None:
        super().__init__(document, app.builder)
        self.address = urljoin(app.config.html_baseurl, app.builder.get_target_uri(docname)) if app.config.html_baseurl else ""
        self.bare = bare

    def visit_container(self, node: nodes.container) -> None:
        """Leave a mark for a cell; any other container is only its content."""
        if node.get("nb_element") == "cell_code":
            self.add(MARK, prefix_eol=2, suffix_eol=2)
            raise nodes.SkipNode

    def visit_Text(self, node: nodes.Text) -> None:  # noqa: N802 - the library's name
        """Write words, so that no sign in them means anything."""
        text = node.astext()
        if self.status.escape_text and not self.bare:
            text = LEADING.sub(lambda found: f"\\{found[0]}", SPECIAL.sub(lambda found: f"\\{found[0]}", text))
        self.add(text)

    def visit_literal(self, node: nodes.literal) -> None:
        """Write code inside a line, in a fence that is not in it."""
        text = node.astext()
        fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
        gap = " " if "`" in text[:1] + text[-1:] else ""
        self.add(f"{fence}{gap}{text}{gap}{fence}")
        raise nodes.SkipNode

    def visit_math(self, node: nodes.math) -> None:
        """Write a formula inside a line."""
        self.add(f"${node.astext().strip()}$")
        raise nodes.SkipNode

    def visit_math_block(self, node: nodes.math_block) -> None:
        """Write a formula on a line of its own."""
        self.add(f"$$\n{node.astext().strip()}\n$$", prefix_eol=2, suffix_eol=2)
        raise nodes.SkipNode

    def visit_target(self, node: nodes.target) -> None:
        """Leave out what only links lead to."""

    def visit_block_quote(self, node: nodes.block_quote) -> None:
        """Begin a quote whose paragraphs stay together."""
        self._push_context(IndentContext("> ", empty=True, params=SubContextParams(2, 2)))

    def depart_block_quote(self, node: nodes.block_quote) -> None:
        """End it."""
        self._pop_context(node)

    def visit_raw(self, node: nodes.raw) -> None:
        """Leave out what is not words."""
        raise nodes.SkipNode

    def visit_table(self, node: nodes.table) -> None:
        """Begin a table."""
        self._push_context(Table(params=SubContextParams(2, 1)))

    def depart_table(self, node: nodes.table) -> None:
        """End it."""
        self._pop_context(node)

    def visit_reference(self, node: nodes.reference) -> None:
        """Begin a link: to another site, or to this one if its address is known; else it is only its words."""
        address = self._address(node)
        self._push_context(WrappedContext("[", f"]({address})") if address else WrappedContext("", ""))

    def depart_reference(self, node: nodes.reference) -> None:
        """End it."""
        self._pop_context(node)

    def _address(self, node: nodes.reference) -> str:
        target = node.get("refuri") or f"#{node.get('refid', '')}"
        if re.match(r"[a-z]+:", target):
            return str(target)
        return urljoin(self.address, target) if self.address and not self.bare else ""

    def _push_box(self, title: str) -> None:
        """Write a note or a warning as a quote under its name: it is no part of the page's outline."""
        self._push_context(IndentContext("> ", empty=True, params=SubContextParams(2, 2)))
        self.add(f"**{title.capitalize()}**", suffix_eol=2)
