"""A little book with everything that a reader finds their way by."""

from pathlib import Path

from tests.press.books import FRONT, Book, cell, claim, new_book

CONF = """
extensions += [
    "sphinx_copybutton", "press.site.address", "press.site.cite", "press.site.search", "press.site.days", "press.site.llms",
    "notfound.extension",
]
ogp_image = "card.png"
"""

CFF = """title: The Little Book
version: 1.2.3
date-released: 2026-11-22
authors:
  - family-names: Doe
    given-names: Jane
  - name: The Others
"""

ASKED = """(sum)=
# Is two and two four?

**In short.** Yes, and `2 + 2` proves it, as {claim:ref}`sum.four` says. See [the other page](sum-more.md).

A sentence that leads to code:
"""

CALL = """from transformer.teaching import raises

with raises(ZeroDivisionError, "by zero"):
    1 / 0
assert 2 + 2 == 4
"""

WORDS = """# Words

```{glossary}
dot product
点积
内积
  A sum of products.

online product
在线 product
  A product in parts.

product
  What a product gives.
```

## 2026

## 2026

```{py:function} transformer.teaching.raises(kind, words)
Show an error.
```
"""


def site_book(root: Path, conf: str = "") -> Book:
    """Write it."""
    book = new_book(root, CONF + conf)
    book.write("CITATION.cff", CFF)
    book.write(
        "index.md",
        "(index)=\n# Index\n\nA little book.\n\n```{most-asked}\n```\n\n```{toctree}\n:glob:\n\nsum*\ninterview\ncite\n```\n",
    )
    book.write("interview.md", "# Interview\n\n```{interview}\nSums: sum\nPuzzles: sum-more\n```\n\n```{deck-files}\n```\n")
    book.write("cite.md", "# Cite\n\n```{citation}\n```\n")
    book.write("404.md", "---\norphan: true\n---\n\n# No such page\n\nSee {ref}`the index <index>`.\n")
    book.write("sum-words.md", WORDS)
    book.page("sum-more", "(more-follow-up)=\n## Puzzle\n\nLook at this:\n", cell("x = 3"), "### The bug\n\nThere is none.\n")
    parts = [
        ASKED,
        cell(CALL),
        "## Facts\n",
        claim("sum.four", "refuted", "Two and `2` are five.", note="1.1"),
        cell("assert 2 + 2 != 5", "sum.four"),
        "(sum-follow-up)=\n## Follow-up questions\n\n### Is `3` odd?\n\nIt is {claim:ref}`sum.four`.\n",
        claim("sum.odd", "holds", "Three is [odd](sum-more.md)."),
        "Told with the evidence.\n",
        cell("assert 3 % 2 == 1", "sum.odd"),
        "### Where is it from?\n\n```{card}\n:deck: no\n```\n\nNobody asks.\n",
        "### Three\n\n```{card} Which number follows *two*?\n:asked: often\nThree, says {ref}`sum`.\n```\n\nSo it goes on.\n",
        "### Is 4 even?\n",
        claim("sum.even", "holds", "Four is even."),
        "Because 2 divides it.\n",
        cell("assert 4 % 2 == 0", "sum.even"),
    ]
    book.write("sum.md", FRONT + "\n" + "\n".join(parts))
    return book
