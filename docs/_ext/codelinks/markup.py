"""Put links into highlighted code."""

import re
from collections.abc import Sequence
from html import escape, unescape

from codelinks.names import Use

PIECES = re.compile(r"<[^>]*>|&[^;]+;|[^<&]+")


def with_links(written: str, source: str, links: Sequence[tuple[Use, str]]) -> str:
    """Wrap names in links; ``written`` is the whole block as HTML, whose text is ``source``.

    A name is one token, so it stands in one piece of text. If the text is another than the source, as it would be with line
    numbers, the block is returned as it is.
    """
    pieces = PIECES.findall(written)
    texts = ["" if piece.startswith("<") else unescape(piece) for piece in pieces]
    before = len("".join(texts)) - len("".join(texts).lstrip())
    text = "".join(texts).strip()
    if text != source.strip():
        return written
    offset = before - (len(source) - len(source.lstrip()))
    starts = _starts_of_lines(source)
    places = {starts[use.line] + use.column + offset: (use, address) for use, address in links}
    position = 0
    for i, piece in enumerate(texts):
        if position in places and piece.startswith(places[position][0].name):
            use, address = places[position]
            label = escape(use.full_name, quote=True)
            rest = escape(piece[len(use.name) :])
            pieces[i] = f'<a class="code-link" href="{escape(address)}" title="{label}">{escape(use.name)}</a>{rest}'
        position += len(piece)
    return "".join(pieces)


def _starts_of_lines(source: str) -> list[int]:
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts
