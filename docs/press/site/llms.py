"""llms.txt and llms-full.txt: the book for programs that read text; what it has, and all of its sources in one file.

sphinx-llms-txt is not used: it reads the copies of the sources that a site may ship, and this one ships none.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from press.claims.domain import claims_of
from press.site.address import NOT_LISTED
from press.site.descriptions import first_words

FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n+", flags=re.DOTALL)
INCLUDE = re.compile(r"^```\{(?:include|measured)\} (\S+)\n.*?^```$", flags=re.DOTALL | re.MULTILINE)


def write_files(app: Sphinx, exception: Exception | None) -> None:
    """Write both files beside the pages, once they stand."""
    if exception is not None or app.builder.name not in ("html", "dirhtml"):
        return
    domain = claims_of(app.env)
    pages = [page for page in domain.pages if page not in NOT_LISTED]
    Path(app.outdir, "llms.txt").write_text("\n".join(_contents(app, pages, len(domain.claims))) + "\n", encoding="utf-8")
    sources = (f"# {_address(app, page)}\n\n{_source(Path(app.env.doc2path(page)))}" for page in pages)
    Path(app.outdir, "llms-full.txt").write_text("\n\n".join(sources) + "\n", encoding="utf-8")


def _contents(app: Sphinx, pages: list[str], claims: int) -> Iterator[str]:
    yield from (f"# {app.config.project}", "")
    yield from (f"> {first_words(app.env.get_doctree(app.config.root_doc))}", "")
    yield f"{claims} claims, each decided by code that ran in this build. In the sources a claim is a `{{claim}}` block with its"
    yield from ("verdict, and the `{code-cell}` blocks that name it are its evidence.", "")
    yield from ("## Data", "")
    yield f"- [Every claim]({_absolute(app, 'claims.json')}): id, verdict, status, statement and address, as JSON"
    yield f"- [Every page]({_absolute(app, 'llms-full.txt')}): the sources of all pages in Markdown"
    folder = None
    for page in pages:
        if folder != (folder := page.rpartition("/")[0]):
            head = _title(app, f"{folder}/index") if f"{folder}/index" in pages else folder.capitalize() or "Pages"
            yield from ("", f"## {head}", "")
        yield f"- [{_title(app, page)}]({_address(app, page)}): {first_words(app.env.get_doctree(page))}".removesuffix(": ")


def _absolute(app: Sphinx, name: str) -> str:
    return str(urljoin(app.config.html_baseurl, name))


def _address(app: Sphinx, page: str) -> str:
    return _absolute(app, app.builder.get_target_uri(page))


def _title(app: Sphinx, page: str) -> str:
    return app.env.titles[page].astext()


def _source(path: Path) -> str:
    """Return a page's source without settings, and with what it includes."""
    text = FRONT_MATTER.sub("", path.read_text(encoding="utf-8"))
    return INCLUDE.sub(lambda found: FRONT_MATTER.sub("", (path.parent / found[1]).read_text(encoding="utf-8")), text)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Write when everything else stands."""
    app.connect("build-finished", write_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
