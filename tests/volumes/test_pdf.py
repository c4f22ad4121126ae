"""The printed book."""

import re
import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def text(volumes: dict[str, Path]) -> str:
    return _run("pdftotext", "-layout", volumes["pdf"], "-")


def _run(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def test_every_page_of_the_book_is_in_it(text: str, titles: list[str]) -> None:
    printed = _letters(text)
    assert len(titles) > 20
    assert [title for title in titles if _letters(title) not in printed] == []


def test_a_page_of_the_site_alone_is_not(text: str) -> None:
    assert "There is no such page" not in text


def test_every_typeface_is_in_the_file(volumes: dict[str, Path]) -> None:
    rows = _run("pdffonts", volumes["pdf"]).splitlines()[2:]
    embedded = [re.search(r"(yes|no) +(yes|no) +(yes|no) +\d+ +\d+ *$", row) for row in rows]
    assert len(rows) >= 5
    assert all(found is not None and found[1] == "yes" for found in embedded), rows


def test_no_reference_leads_nowhere(text: str) -> None:
    assert "??" not in re.sub(r"\?\?+ +\?\?+", "", text)


def test_chinese_words_and_formulas_are_text(text: str) -> None:
    assert "注意力" in text
    assert "√" in text


def test_no_markup_is_left(text: str) -> None:
    assert re.findall(r"\{(?:claim|glue|ref|term|py|cite)[\w:]*\}`", text) == []


def test_it_has_an_outline_and_a_title(volumes: dict[str, Path]) -> None:
    assert re.search(r"^Title: +The Transformer, Checked$", _run("pdfinfo", volumes["pdf"]), flags=re.MULTILINE)
    assert int(re.findall(r"^Pages: +(\d+)", _run("pdfinfo", volumes["pdf"]), flags=re.MULTILINE)[0]) > 100
