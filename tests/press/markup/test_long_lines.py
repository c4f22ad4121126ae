"""Lines of code as elements."""

import re
from html import unescape

import pytest
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from press.markup.long_lines import LineFormatter

SOURCE = '''def f(x):
    """Words
      over lines."""

    if x < 2 and "&" in x:
        return  # here
'''
LINE = re.compile(r'<span class="code-line"(?: style="--indent: (\d+)")?>(.*?\n)</span>')


@pytest.mark.parametrize("language", ["python", "text"])
def test_a_line_is_an_element_that_knows_its_indent(language: str) -> None:
    written, plain = (highlight(SOURCE, get_lexer_by_name(language), kind()) for kind in (LineFormatter, HtmlFormatter))
    lines = LINE.findall(written)
    assert [int(indent or 0) for indent, _ in lines] == [0, 4, 6, 0, 4, 8]
    assert [unescape(re.sub("<[^>]*>", "", line)) for _, line in lines] == SOURCE.splitlines(keepends=True)
    assert LINE.sub(r"\2", written) == plain
