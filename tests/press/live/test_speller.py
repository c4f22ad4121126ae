"""The first state of the widget says what the package says, and each sound has an example that has it."""

import re

import pytest

from press.live import speller
from press.live.examples import EXAMPLES
from transformer.spelling.cmudict import installed_dictionary, read_dictionary
from transformer.spelling.speller import PRETRAINED, Speller
from transformer.spelling.web.pack import rounded
from transformer.spelling.web.said import say_and_look


def html(word: str, *, small: bool = False) -> str:
    return speller.html(word, lambda name: f"at/{name}", small=small)


def test_each_sound_has_an_example_in_which_the_dictionary_has_it() -> None:
    assert set(EXAMPLES) == set(Speller.load(PRETRAINED).phones.symbols)
    dictionary = read_dictionary(installed_dictionary())
    assert [phone for phone, word in EXAMPLES.items() if not any(phone in sound for sound in dictionary[word])] == []


def test_shares_and_weights_are_those_of_the_rounded_model() -> None:
    said = say_and_look(rounded(Speller.load(PRETRAINED)), "phoenix")
    text = html("phoenix")
    chips = re.findall(r"sp-chip[^>]*><b>(\w+)</b> <small>([\d.]+) %</small>", text)
    assert [name for name, _ in chips] == list(said.names)
    for (_, share), row, token in zip(chips, said.logits.softmax(-1), said.tokens, strict=True):
        assert float(share) == pytest.approx(100 * row[token].item(), abs=0.51)
    shares = [float(share) for share in re.findall(r'<td style="--share: ([\d.]+)">', text)]
    assert shares == pytest.approx(said.cross.mean((0, 1)).flatten().tolist(), abs=0.0006)


def test_the_five_likeliest_come_in_order_and_padding_is_none_of_them() -> None:
    bars = re.findall(r'sp-bar" style="--share: ([\d.]+)"><span><b>(\w+)</b>', html("phoenix"))
    assert len(bars) == 5
    assert bars[0][1] == "F"
    assert sorted((float(share) for share, _ in bars), reverse=True) == [float(share) for share, _ in bars]
    assert "padding" not in {name for _, name in bars}


def test_the_small_form_has_no_choice_of_a_beam() -> None:
    assert '<select name="how">' in html("phoenix")
    small = html("phoenix", small=True)
    assert "<select" not in small
    assert 'class="speller speller-small"' in small


def test_it_says_where_its_data_are_and_which_letters_it_knows() -> None:
    text = html("phoenix")
    assert 'data-engine="at/speller-engine.js"' in text
    assert 'data-model="at/speller-model.js"' in text
    assert 'data-letters="&#x27;-.abcdefghijklmnopqrstuvwxyz"' in text
    assert 'data-longest="48"' in text


def test_the_picture_tells_in_words_where_the_model_looks() -> None:
    picture = speller.picture("knight")
    assert picture.text.startswith("The trained model says knight: N AY T. It looks most at k for N, at g for AY, ")
    assert picture.svg.count('class="cell"') == 4 * 6


@pytest.mark.parametrize(
    ("share", "written"), [(0.0004, "0 %"), (0.0006, "0.1 %"), (0.0994, "9.9 %"), (0.0996, "10 %"), (1.0, "100 %")]
)
def test_a_share_is_written_in_percent(share: float, written: str) -> None:
    assert speller._percent(share) == written
