"""``{citation}``: how to cite the book, from the project's CITATION.cff, in a sentence and in BibTeX."""

from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata


def authors(cff: dict[str, Any]) -> list[str]:
    """Return the authors' names as BibTeX writes them: a person's family name first, any other name in braces."""
    return [
        f"{author['family-names']}, {author['given-names']}" if "family-names" in author else f"{{{author['name']}}}"
        for author in cff["authors"]
    ]


def bibtex(cff: dict[str, Any]) -> str:
    """Write the entry; the address only if the file has one."""
    year = str(cff["date-released"])[:4]
    fields = {
        "author": " and ".join(authors(cff)),
        "title": f"{{{cff['title']}}}",
        "year": year,
        "version": cff["version"],
        "doi": cff.get("doi"),
        "url": cff.get("url") or cff.get("repository-code"),
    }
    key = "".join(word for word in cff["title"].lower().split()[-1] if word.isalnum()) + year
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@software{{{key},", *lines, "}"])


def sentence(cff: dict[str, Any]) -> str:
    """Write it in words."""
    names = " and ".join(name.strip("{}") for name in authors(cff))
    return f"{names} ({str(cff['date-released'])[:4]}). {cff['title']}, version {cff['version']}."


class CitationDirective(SphinxDirective):
    """Write both into the page."""

    def run(self) -> list[nodes.Node]:
        """Read the file, and note that the page depends on it."""
        path = Path(self.env.app.confdir, self.config.citation_file)
        self.env.note_dependency(path)
        cff = yaml.safe_load(path.read_text(encoding="utf-8"))
        entry = bibtex(cff)
        quote = nodes.block_quote("", nodes.paragraph("", sentence(cff)))
        return [quote, nodes.literal_block(entry, entry, language="bibtex")]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_config_value("citation_file", "CITATION.cff", "env", types=frozenset({str}))
    app.add_directive("citation", CitationDirective)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
