"""What a page shows of a model is what the model does."""

import pytest
import torch

from transformer.spelling.speller import PRETRAINED, Speller
from transformer.spelling.web.said import say_and_look


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller.load(PRETRAINED)


def test_it_says_what_the_speller_says_and_then_ends(speller: Speller) -> None:
    said = say_and_look(speller, "phoenix")
    assert said.names == (*speller.say(["phoenix"])[0], "end")
    assert said.tokens == (*speller.phones.encode(said.names[:-1]), 2)
    assert said.logits.argmax(-1).tolist() == list(said.tokens)


def test_each_row_of_weights_is_shared_out_and_none_looks_ahead(speller: Speller) -> None:
    said = say_and_look(speller, "phoenix")
    for weights in (said.encoder, said.self, said.cross):
        torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:-1]))
    assert not said.self.triu(1).any()
    assert said.encoder.shape == (3, 4, 7, 7)
    assert said.cross.shape == (3, 4, len(said.names), 7)


def test_the_model_is_left_as_it_was(speller: Speller) -> None:
    say_and_look(speller, "phoenix")
    assert not any(part._forward_hooks for part in speller.model.modules())
