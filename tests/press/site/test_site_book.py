"""What readers and programs find their way by, in a little book whose address is known."""

import csv
import re
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.press.books import Build
from tests.press.site.site_book import site_book

ADDRESS = "https://example.org/a/path"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Build:
    return site_book(tmp_path_factory.mktemp("book"), f"html_baseurl = {ADDRESS!r}\n").build("-j", "2")


@pytest.fixture(scope="module")
def interview(built: Build) -> str:
    return built.html("interview")


def question(html: str, key: str) -> str:
    """Return a question of the page, up to the next one."""
    start = html.index(f'id="{key}"')
    return html[start : html.find('class="interview-question', start) % (len(html) + 1)]


def test_it_builds_without_a_word(built: Build) -> None:
    assert built.exit_code == 0, built.log
    assert "WARNING: " not in built.log.replace("WARNING | ", "")


def test_the_interview_asks_titles_and_follow_up_questions_in_order(interview: str) -> None:
    assert re.findall(r'<li class="interview-question" id="([^"]+)"', interview) == [
        "q-sum-three",
        "q-sum",
        "q-sum-is-3-odd",
        "q-sum-is-4-even",
        "q-sum-more-the-bug",
    ]
    assert "5 questions from 2 pages." in interview


def test_a_card_asks_in_its_own_words_and_is_not_on_its_page(built: Build, interview: str) -> None:
    three = question(interview, "q-sum-three")
    assert "Which number follows <em>two</em>? <span" in three
    assert "asked often" in three
    assert three.index("Three, says") < three.index('href="sum.html#sum"') < three.index("On its page")
    assert "So it goes on" not in three
    page = built.html("sum")
    assert "So it goes on" in page
    assert "Which number follows" not in page
    assert "Where is it from?" in page
    assert "Where is it from?" not in interview


def test_the_most_asked_are_listed_by_topic(built: Build) -> None:
    index = built.html("index")
    listed = index[index.index('class="most-asked') :].split("</ul>")[0]
    assert re.findall(r"<strong>(.*?)</strong>|href=\"([^\"]+)\">", listed) == [("Sums", ""), ("", "sum.html#three")]
    assert "Which number follows <em>two</em>?" in listed


def test_anki_and_the_table_hold_what_the_page_holds(built: Build) -> None:
    folder = built.site / "take-along"
    lines = (folder / "interview.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    assert lines[:3] == ["#separator:tab\n", "#html:true\n", "#columns:key\ttopic\tasked\tquestion\tanswer\tlink\n"]
    rows = {row[0]: row for row in csv.reader(lines[3:], "excel-tab")}
    assert len(rows) == 5
    assert rows["q-sum-three"][1:4] == ["Sums", "asked often", "Which number follows <em>two</em>?"]
    assert f'href="{ADDRESS}/sum.html#sum"' in rows["q-sum-three"][4]
    assert f"{ADDRESS}/interview.html#q-sum-three" in rows["q-sum-three"][5]
    assert "✓" in rows["q-sum-is-3-odd"][4]
    with zipfile.ZipFile(folder / "interview.apkg") as package:
        package.extract("collection.anki2", folder)
    with closing(sqlite3.connect(folder / "collection.anki2")) as collection:
        notes = [fields.split("\x1f") for (fields,) in collection.execute("SELECT flds FROM notes")]
        assert collection.execute("SELECT count(*) FROM cards").fetchone() == (5,)
    assert {note[0]: note for note in notes} == rows


def test_a_page_with_questions_is_in_one_topic(tmp_path: Path) -> None:
    book = site_book(tmp_path)
    book.write("interview.md", "# Interview\n\n```{interview}\nSums: sum sum-words\n```\n")
    built = book.build()
    assert built.exit_code == 2
    assert "not in one topic, as a page with questions must be: sum-more, sum-words" in built.log


def test_an_answer_is_folded_and_in_it_each_verdict(interview: str) -> None:
    odd = question(interview, "q-sum-is-3-odd")
    order = [odd.index(part) for part in ("<details", "<summary>", "Is ", "It is")]
    assert odd.index("Three is") < odd.index("✓") < odd.index('href="sum.html#sum-odd"')
    assert order[0] < order[1] < order[2] < order[3]
    for line in re.findall(r"<summary>(.*?)</summary>", odd, flags=re.DOTALL):
        assert "<a " not in line, "a line that opens something holds no link"
    assert "<code" in odd[: odd.index("</summary>")]


def test_a_reference_to_a_claim_does_not_give_its_verdict_away(interview: str) -> None:
    answer = question(interview, "q-sum-is-3-odd").split('class="interview-claim"')[0]
    assert 'href="sum.html#sum-four">proof</a>' in answer
    assert "✗" not in answer
    assert "refuted" not in answer


def test_sentences_that_lead_to_code_are_left_out_and_others_are_found(interview: str) -> None:
    assert "A sentence that leads to code" not in interview
    assert "Because 2 divides it." in question(interview, "q-sum-is-4-even")
    assert "Told with the evidence." not in interview
    assert 'href="sum-more.html"' in question(interview, "q-sum")


def test_what_a_puzzle_shows_stands_before_its_question(interview: str) -> None:
    bug = question(interview, "q-sum-more-the-bug")
    assert bug.index("Look at this:") < bug.index("<details") < bug.index("Puzzle. The bug") < bug.index("There is none.")


def test_ids_are_unique_and_only_this_page_has_the_script(built: Build, interview: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', interview)
    assert len(ids) == len(set(ids))
    assert "interview.js" in interview
    assert "interview.js" not in built.html("sum")


def test_the_pages_and_not_their_copies_are_found(built: Build) -> None:
    index = (built.site / "searchindex.js").read_text(encoding="utf-8")
    docnames = re.search(r'"docnames":\[([^\]]*)\]', index)
    assert docnames
    number = docnames[1].replace('"', "").split(",").index("interview")
    pages = re.search(r'"divid":(\[[^\]]*\]|\d+)', index)
    assert pages
    assert str(number) not in re.findall(r"\d+", pages[1])


def test_no_anchor_is_only_a_number(built: Build) -> None:
    ids = re.findall(r'\bid="([^"]+)"', built.html("sum-words"))
    assert [name for name in ids if re.fullmatch(r"(id|term-)\d+", name)] == []
    assert {"words-2026", "words-2026-2", "term-dot-product", "term-dot-product-zh", "term-dot-product-zh-2"} <= set(ids)
    assert {"term-online-product", "term-online-product-zh", "term-product"} <= set(ids)
    assert 'id="term-product">product<' in built.html("sum-words")
    assert 'href="sum-words.html#term-dot-product-zh"' in (built.site / "genindex.html").read_text(encoding="utf-8")


def test_a_name_of_the_package_leads_to_its_page_and_others_to_none(built: Build) -> None:
    links = re.findall(r'<a class="code-link" href="([^"]+)" title="([^"]+)">([^<]+)</a>', built.html("sum"))
    assert links == [("sum-words.html#transformer.teaching.raises", "transformer.teaching.raises", "raises")] * 2


def test_a_claim_links_to_itself(built: Build) -> None:
    assert '<a class="claim-id reference internal" href="#sum-odd">sum.odd</a>' in built.html("sum")


def test_the_address_is_told_where_it_belongs(built: Build) -> None:
    html = built.html("sum")
    assert f'<link rel="canonical" href="{ADDRESS}/sum.html" />' in html
    assert f'<meta property="og:url" content="{ADDRESS}/sum.html" />' in html
    assert f'<meta property="og:image" content="{ADDRESS}/card.png" />' in html
    sitemap = (built.site / "sitemap.xml").read_text(encoding="utf-8")
    listed = re.findall(r"<loc>([^<]+)</loc>", sitemap)
    assert f"{ADDRESS}/index.html" in listed
    assert f"{ADDRESS}/404.html" not in listed
    assert listed == sorted(listed)
    assert (built.site / "robots.txt").read_text(encoding="utf-8").endswith(f"Sitemap: {ADDRESS}/sitemap.xml\n")


def test_the_page_for_wrong_addresses_works_at_any_depth(built: Build) -> None:
    addresses = re.findall(r'(?:href|src)="([^"]+)"', built.html("404"))
    inside = [address for address in addresses if not address.startswith(("https:", "#"))]
    assert "/a/path/index.html#index" in inside
    assert [address for address in inside if not address.startswith("/a/path/")] == []


def test_programs_get_the_book_as_text(built: Build) -> None:
    contents = (built.site / "llms.txt").read_text(encoding="utf-8")
    assert contents.startswith("# little\n\n> A little book.\n")
    assert f"- [Is two and two four?]({ADDRESS}/sum.html): In short. Yes" in contents
    whole = (built.site / "llms-full.txt").read_text(encoding="utf-8")
    assert f"# {ADDRESS}/sum.html\n\n(sum)=\n# Is two and two four?" in whole
    assert "kernelspec" not in whole


def test_the_citation_comes_from_the_file(built: Build) -> None:
    text = re.sub(r"<[^>]+>", "", built.html("cite"))
    assert "Doe, Jane and The Others (2026). The Little Book, version 1.2.3." in text
    for line in ("@software{book2026,", "author = {Doe, Jane and {The Others}},", "version = {1.2.3},"):
        assert line in text


def test_without_an_address_none_is_made_up(tmp_path: Path) -> None:
    built = site_book(tmp_path).build()
    assert built.exit_code == 0, built.log
    assert not (built.site / "sitemap.xml").exists()
    assert (built.site / "robots.txt").read_text(encoding="utf-8") == "User-agent: *\nAllow: /\n"
    for page in ("sum", "index", "404"):
        assert "canonical" not in built.html(page)
        assert "og:" not in built.html(page)
    assert "](sum.html)" in (built.site / "llms.txt").read_text(encoding="utf-8")
