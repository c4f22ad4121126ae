"""The picture of a page under its short answer, though its cells run where they are written."""

import json
from pathlib import Path

from tests.press.books import cell, claim, new_book

PICTURE = "(sum-picture)=\n(sum-picture-first)=\n## The picture\n\nOf x.\n"


def test_the_picture_stands_first_and_the_notebook_keeps_the_order(tmp_path: Path) -> None:
    book = new_book(tmp_path, 'extensions += ["press.markup.picture_first", "press.downloads"]')
    parts = [
        "In short.\n",
        "## How\n",
        claim("sum.four"),
        cell("x = 4\nassert 2 + 2 == x", "sum.four"),
        PICTURE,
        cell("print('seen', x)"),
    ]
    book.page("sum", *parts, "## More\n\nThe end.\n")
    built = book.build()
    assert built.exit_code == 0, built.log
    html = built.html("sum")
    places = [html.index(words) for words in ("In short.", "Of x.", "seen 4", ">How<", "The end.")]
    assert places == sorted(places)
    code = [
        "".join(one["source"])
        for one in json.loads((built.site / "sum.ipynb").read_text(encoding="utf-8"))["cells"]
        if one["cell_type"] == "code"
    ]
    assert [source.splitlines()[0] for source in code] == ["x = 4", "print('seen', x)"]
    prose = (built.site / "sum.py").read_text(encoding="utf-8")
    assert prose.index("How") < prose.index("Of x.") < prose.index("The end.")
