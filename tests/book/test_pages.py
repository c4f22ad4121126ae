"""What every page must look like in its source."""

import re
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser

from press.cells import PARSER, blocks_of_page, cells_of_page, pages_in
from press.claims.breaks import breaks_of_page

DOCS = Path(__file__).parents[2] / "docs"
PAGES = pages_in(DOCS)
FRONT = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n  display_name: Python 3\n  language: python\n---\n"
CELL_OPTIONS = {"claim", "tags"}
CELL_TAGS = {"hide-input", "hide-output", "hide-cell"}
CLAIM_OPTIONS = {"verdict", "note", "instead", "when", "reach"}
LINES, COLUMNS = 15, 66  # of a cell that is not folded, so that a phone can show it

EXEMPT = r"(?:[Ss]ections?|notes?|torch|Python|version|versions|before|and|to) \d+\.\d+|\"[^\"]*\"|“[^”]*”"  # no results of a run


def sentences_of(text: str) -> list[str]:
    """Return the prose of a page or of a claim, without code, formulas and links' addresses."""
    inline = [token.children or [] for token in PARSER.parse(re.sub(r"\$[^$\n]*\$", "", text)) if token.type == "inline"]
    return ["".join(child.content for child in children if child.type == "text") for children in inline]


each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())


@each_page
def test_every_cell_is_collected_as_a_test(page: Path) -> None:
    collected = list(Sybil(parsers=[PythonCodeBlockParser()], patterns=["*.md"]).parse(page).examples())
    assert len(collected) == len(cells_of_page(page.read_text(encoding="utf-8")))


@each_page
def test_a_page_that_runs_has_the_front_matter_that_lets_it_run(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.startswith(FRONT) == bool(cells_of_page(text))


@each_page
def test_page_and_linked_headings_have_english_labels(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    body = re.sub(r"^(`{3,}).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)
    assert len(re.findall(r"^# ", body, flags=re.MULTILINE)) == 1
    assert re.search(r"^\(([a-z0-9-]+)\)=\n# ", body, flags=re.MULTILINE)
    for label in re.findall(r"^\((.*)\)=$", body, flags=re.MULTILINE):
        assert re.fullmatch(r"[a-z0-9-]+", label)


@each_page
def test_only_known_options_and_tags_are_used(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for cell in cells_of_page(text):
        tags = set(re.findall(r"[\w-]+", cell.options.get("tags", "")))
        assert set(cell.options) <= CELL_OPTIONS, f"{page}:{cell.line}"
        assert tags <= CELL_TAGS, f"{page}:{cell.line}"
    for options in re.findall(r"^```\{claim\} .*\n((?::\w+:.*\n)*)", text, flags=re.MULTILINE):
        assert set(re.findall(r"^:(\w+):", options, flags=re.MULTILINE)) <= CLAIM_OPTIONS


@each_page
def test_cells_fit_a_phone_unless_they_are_folded(page: Path) -> None:
    for cell in cells_of_page(page.read_text(encoding="utf-8")):
        if "hide-" in cell.options.get("tags", ""):
            continue
        lines = cell.content.splitlines()
        assert len(lines) <= LINES, f"{page}:{cell.line} has {len(lines)} lines"
        assert max(map(len, lines), default=0) <= COLUMNS, f"{page}:{cell.line} has a line of {max(map(len, lines))}"


@each_page
def test_no_decimal_figure_is_typed_into_a_sentence(page: Path) -> None:
    sentences = [re.sub(EXEMPT, "", sentence) for sentence in sentences_of(page.read_text(encoding="utf-8"))]
    assert [sentence for sentence in sentences if re.search(r"\d\.\d", sentence)] == []


@each_page
def test_a_decimal_figure_in_a_claim_is_one_of_the_code(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    code = "\n".join(cell.content for cell in cells_of_page(text))
    known = {float(number) for number in re.findall(r"\d+\.?\d*(?:e-?\d+)?", code)}
    claims = [block for block in blocks_of_page(text) if block.name == "{claim}"]
    said = {claim.argument: " ".join(sentences_of(claim.content)) for claim in claims}
    for claim in claims:
        said[claim.argument] += claim.options.get("instead", "") + claim.options.get("when", "")
    typed = {(claim, figure) for claim, words in said.items() for figure in re.findall(r"\d+\.\d+", re.sub(EXEMPT, "", words))}
    assert sorted((claim, figure) for claim, figure in typed if float(figure) not in known) == []


@each_page
def test_breaks_name_files_of_the_package(page: Path) -> None:
    for change in breaks_of_page(page.read_text(encoding="utf-8")):
        assert change.file == "page" or (DOCS.parent / change.file).is_file()
        assert change.file.startswith(("page", "transformer/"))


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name == "notes"], ids=lambda page: page.stem)
def test_a_notes_page_has_its_parts(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "**The short answer.**" in text
    if page.stem != "quoted-code":
        assert f"({page.stem}-goes-wrong)=" in text
        assert f"({page.stem}-picture)=" in text
        assert f"({page.stem}-follow-up)=" in text
