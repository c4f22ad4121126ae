"""What a speller says, also where its model says what is no sound."""

import pytest
import torch

from transformer import Transformer, TransformerConfig, beam_search
from transformer.spelling.speller import PRETRAINED, Speller
from transformer.spelling.vocabulary import END_ID, START_ID, Vocabulary

FIRST, SECOND, THIRD = 3, 4, 5
WORDS = ["ab", "ba"]


def speller_that_prefers(*tokens: int) -> Speller:
    """Make a speller that gives these tokens the highest scores, the first the highest, whatever it reads."""
    model = Transformer(TransformerConfig(5, 6, d_model=6, num_heads=3, num_layers=1, d_ff=7, max_length=4))
    with torch.no_grad():
        model.output_proj.weight.zero_()
        model.get_parameter("decoder.final_norm.bias").fill_(1.0)
        for rank, token in enumerate(tokens):
            model.output_proj.weight[token] = 1.0 - rank / 10
    return Speller(model, Vocabulary(("a", "b")), Vocabulary(("A", "B", "C")))


@pytest.mark.parametrize("token", [START_ID, END_ID])
def test_says_nothing_if_the_model_says_no_sound(token: int) -> None:
    assert speller_that_prefers(token, FIRST).say(WORDS) == [(), ()]


def test_answers_that_are_no_sounds_are_left_out() -> None:
    speller = speller_that_prefers(FIRST, SECOND, END_ID, START_ID, THIRD)
    ids = {"start_id": START_ID, "end_id": END_ID, "max_length": 4}
    answers = beam_search(speller.model, torch.tensor([[3, 4]]), **ids, beam_size=60, n_best=60)[0][0].tolist()
    sounds = [answer for answer in answers if START_ID not in answer and answer[0] != END_ID]
    assert 1 < len(sounds) < 59
    assert speller.suggest(["ab"], beam_size=60, n_best=60) == [[speller.phones.decode(sound) for sound in sounds]]


def test_there_is_an_empty_answer_if_none_is_a_sound() -> None:
    assert speller_that_prefers(START_ID).suggest(WORDS, beam_size=1) == [[()], [()]]


def test_short_words_have_as_many_sounds_as_are_asked_for_and_no_others() -> None:
    speller = Speller.load(PRETRAINED)
    for sounds in speller.suggest(["a", "i", "x"], beam_size=60, n_best=60):
        assert 40 < len(sounds) <= 60
        assert len(set(sounds)) == len(sounds)
        assert all(sounds)
