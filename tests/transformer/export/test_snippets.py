"""What the snippets of the READMEs do with words that are no words."""

import json
from pathlib import Path

import pytest

from tests.transformer.export.helpers import run_snippet
from transformer.export.engines import export
from transformer.spelling.speller import Speller


@pytest.fixture
def ctranslate2_folder(speller: Speller, tmp_path: Path) -> Path:
    export(speller, "ctranslate2", tmp_path / "model")
    return tmp_path / "model"


def test_the_folder_names_every_id_and_the_greatest_length(ctranslate2_folder: Path, speller: Speller) -> None:
    symbols = json.loads((ctranslate2_folder / "symbols.json").read_text(encoding="utf-8"))
    assert symbols["letters"] == ["<pad>", "<s>", "</s>", *speller.letters.symbols]
    assert symbols["phones"] == ["<pad>", "<s>", "</s>", *speller.phones.symbols]
    assert symbols["max_length"] == speller.model.config.max_length
    assert json.loads((ctranslate2_folder / "source_vocabulary.json").read_text(encoding="utf-8")) == symbols["letters"]


def test_ctranslate2_refuses_a_word_that_is_too_long_or_has_an_unknown_letter(
    ctranslate2_folder: Path, speller: Speller, monkeypatch: pytest.MonkeyPatch
) -> None:
    say = run_snippet(ctranslate2_folder, monkeypatch)
    longest = "a" * speller.model.config.max_length
    assert say([longest]) == [list(speller.say([longest])[0])]
    with pytest.raises(RuntimeError, match="No position encodings are defined for positions >= 48"):
        say([longest + "a"])
    with pytest.raises(ValueError, match=r"unknown letters: \['é'\]"):
        say(["caf\N{LATIN SMALL LETTER E WITH ACUTE}"])
