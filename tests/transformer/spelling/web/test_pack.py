"""The script that holds a model for a page: what is in it, and how far its numbers are from the shipped ones."""

import base64
import json
from dataclasses import replace

import pytest
import torch

from transformer import Transformer
from transformer.spelling.speller import PRETRAINED, Speller
from transformer.spelling.web.pack import NAME, packed, rounded


@pytest.fixture(scope="module")
def shipped() -> Speller:
    return Speller.load(PRETRAINED)


def test_the_same_model_is_the_same_script(shipped: Speller) -> None:
    script = packed(shipped)
    assert script == packed(Speller.load(PRETRAINED))
    assert script.startswith(f"globalThis.{NAME} = {{")
    assert script.endswith("};\n")
    assert script.isascii()


def test_it_holds_one_byte_for_each_number_of_a_matrix(shipped: Speller) -> None:
    content = json.loads(packed(shipped).partition(" = ")[2].removesuffix(";\n"))
    weights = shipped.model.state_dict()
    assert [name for name, _, _ in content["weights"]] == list(weights)
    matrices = sum(weight.numel() for weight in weights.values() if weight.dim() == 2)
    rows = sum(len(weight) for weight in weights.values())
    assert len(base64.b64decode(content["bytes"])) == matrices
    assert len(base64.b64decode(content["floats"])) == 4 * rows
    assert content["config"]["max_length"] == 48
    assert content["letters"] == list(shipped.letters.symbols)
    assert content["phones"] == list(shipped.phones.symbols)


def test_no_number_moves_by_more_than_half_a_step_of_its_row(shipped: Speller) -> None:
    before, after = shipped.model.state_dict(), rounded(shipped).model.state_dict()
    for name, weight in before.items():
        if weight.dim() == 2:
            step = weight.abs().amax(1, keepdim=True) / 127
            assert ((after[name] - weight).abs() <= 0.5001 * step).all(), name
            assert not torch.equal(after[name], weight), name
        else:
            assert torch.equal(after[name], weight), name


@pytest.mark.parametrize("change", [{"norm_first": False}, {"tie_embeddings": True, "target_vocab_size": 32}])
def test_a_model_that_the_engine_does_not_know_is_refused(shipped: Speller, change: dict[str, bool]) -> None:
    model = Transformer(replace(shipped.model.config, **change))
    with pytest.raises(ValueError, match="norm_first = True and tie_embeddings = False, got"):
        packed(Speller(model, shipped.letters, shipped.phones))
