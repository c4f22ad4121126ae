"""The command ``compose``, as it is typed, with a tiny poet."""

import sys
from pathlib import Path

import pytest

from tests.transformer.spelling.helpers import refused
from transformer.__main__ import MORE
from transformer.spelling.commands import main

PAUSES = "，。"


def compose(model: Path, *words: str) -> list[str]:
    return ["compose", *words, f"--model={model}"]


@pytest.fixture
def model(trained: Path) -> Path:
    return trained / "poet.safetensors"


def test_an_acrostic_is_shown_line_by_line_with_its_pauses(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(compose(model, "東同銅桐", "--script=traditional"), MORE) == 0
    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert [line[0] for line in lines] == ["東", "同", "銅", "桐"]
    assert [(len(line), line[-1]) for line in lines] == [(8, "，"), (8, "。")] * 2
    assert told.err == ""
    assert main(compose(model, "東同銅桐"), MORE) == 0
    assert [line[0] for line in capsys.readouterr().out.splitlines()] == ["东", "同", "铜", "桐"]


def test_simplified_characters_are_read_as_traditional_ones_and_that_is_told(
    model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(compose(model, "东同铜桐", "--form=4x5"), MORE) == 0
    told = capsys.readouterr()
    assert told.err == "'东同铜桐' is read as '東同銅桐'\n"
    assert [(line[0], len(line)) for line in told.out.splitlines()] == [("东", 6), ("同", 6), ("铜", 6), ("桐", 6)]


def test_the_number_of_characters_chooses_the_form(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [((), (4, 8)), (("--form=8x5",), (8, 6)), (("東東東東同同同同",), (8, 8)), (("東同銅桐", "--form=4x5"), (4, 6))]
    for words, shape in asked:
        assert main(compose(model, *words), MORE) == 0
        lines = capsys.readouterr().out.splitlines()
        assert (len(lines), len(lines[0])) == shape


def test_poems_are_parted_by_an_empty_line_and_another_seed_makes_others(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for seed in ("1", "1", "2"):
        assert main(compose(model, "--count=3", f"--seed={seed}"), MORE) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1] != said[2]
    assert [len(poem.splitlines()) for poem in said[0].split("\n\n")] == [4, 4, 4]


@pytest.mark.bad_input
def test_what_it_cannot_write_is_told_in_one_line(
    model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(*words: str) -> str:
        return refused(capsys, compose(model, *words), 2, MORE).removeprefix("python -m transformer: error: ")

    assert told("東同銅") == "4 or 8 characters are expected, one for each line, got 3: '東同銅'"
    assert told("東同銅", "--form=4x5") == "--form 4x5 needs 4 characters, one for each line, got 3: '東同銅'"
    assert told("東同銅桐", "--form=8x7") == "--form 8x7 needs 8 characters, one for each line, got 4: '東同銅桐'"
    assert told("東同銅Q") == "'Q' is none of the 20 characters that the poet knows"
    assert told("东同铜龟") == "'龟' is none of the 20 characters that the poet knows"
    assert told("--count=0") == "count must be at least 1, got 0"
    assert told("--seed=-1") == "--seed must be in [0, 4294967296), got -1"
    assert told("--top-p=0") == "--top-p must be a finite number above 0, got 0.0"
    assert told("--temperature=nan") == "--temperature must be a finite number above 0, got nan"
    assert "invalid choice: '5x5'" in told("--form=5x5")
    assert "No such file" in refused(capsys, compose(Path("none")), 1, MORE)
    monkeypatch.setitem(sys.modules, "opencc", None)
    from transformer.poems.scripts import _converter

    _converter.cache_clear()
    assert told() == "opencc is not installed: pip install 'transformer-checked[poems]'"
