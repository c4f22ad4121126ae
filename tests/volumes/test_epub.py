"""The book for e-readers."""

import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from zipfile import ZipFile

import pytest

CHECKER = "/usr/share/java/epubcheck.jar"


@pytest.fixture(scope="module")
def book(volumes: dict[str, Path]) -> dict[str, str]:
    """The pages of the book by name."""
    with ZipFile(volumes["epub"]) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xhtml")}


def test_the_checker_of_the_standard_finds_nothing(volumes: dict[str, Path]) -> None:
    java = shutil.which("java")
    assert java is not None
    command = [java, "-jar", CHECKER, "--failonwarnings", str(volumes["epub"])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No errors or warnings detected" in done.stdout


def test_every_page_is_in_its_list_of_contents(book: dict[str, str], titles: list[str]) -> None:
    contents = _letters(unescape(re.sub(r"<[^>]+>", "", book["nav.xhtml"])))
    assert len(titles) > 20
    assert [title for title in titles[1:] if _letters(title) not in contents] == []


def test_formulas_are_drawn_by_the_reader_and_not_spelled(book: dict[str, str]) -> None:
    pages = "".join(book.values())
    assert "<math" in pages
    words = re.sub(r"<(pre|code|annotation)\b.*?</\1>", "", pages, flags=re.DOTALL)
    assert re.findall(r"\\(?:frac|sqrt|mathrm|text)\b", re.sub(r"<[^>]+>", "", words)) == []


def test_nothing_of_the_site_s_own_is_left(book: dict[str, str]) -> None:
    assert not [name for name in book if "404" in name]
    pages = "".join(book.values())
    assert "<script" not in pages
    assert "Content-Security-Policy" not in pages


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
