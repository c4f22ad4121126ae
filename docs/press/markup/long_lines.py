"""Each line of code is an element, so that the stylesheet can push in the rest of a line that breaks."""

import re
from collections.abc import Iterable
from io import StringIO
from typing import TYPE_CHECKING

from pygments.formatters import HtmlFormatter
from pygments.token import _TokenType
from sphinx.application import Sphinx
from sphinx.highlighting import PygmentsBridge
from sphinx.util.typing import ExtensionMetadata

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

CODE = re.compile(r"(?<=<pre><span></span>).*(?=</pre>)", re.DOTALL)
LINE = re.compile(r"(?:<[^>]*>)*( *)[^\n]*\n")


class LineFormatter(HtmlFormatter[str]):
    """Writes what Pygments writes, and tells of each line how many spaces it begins with."""

    def format(self, tokensource: "Iterable[tuple[_TokenType, str]]", outfile: "SupportsWrite[str]") -> None:
        """Write code as HTML."""
        written = StringIO()
        super().format(tokensource, written)
        outfile.write(CODE.sub(lambda code: LINE.sub(_as_element, code[0]), written.getvalue()))


def _as_element(line: re.Match[str]) -> str:
    style = f' style="--indent: {len(line[1])}"' if line[1] else ""
    return f'<span class="code-line"{style}>{line[0]}</span>'


def setup(app: Sphinx) -> ExtensionMetadata:
    """Let Sphinx write HTML with it."""
    PygmentsBridge.html_formatter = LineFormatter
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
