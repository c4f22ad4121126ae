"""What the shipped model is not: post-norm, without biases, tied, of odd sizes, fond of padding."""

from pathlib import Path
from typing import Any

import jaxtyping
import pytest
import torch
from torch import nn

from tests.transformer.export.helpers import run_snippet
from transformer import Transformer, TransformerConfig
from transformer.export.engines import export
from transformer.spelling.speller import Speller
from transformer.spelling.vocabulary import Vocabulary

LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = ["transformer", "a", "layers", "norm", "zzzzzzzzzzz"]
OTHER: dict[str, dict[str, Any]] = {
    "post-norm": {"norm_first": False},
    "no biases": {"bias": False},
    "tied": {"tie_embeddings": True},
    "a large epsilon": {"layer_norm_eps": 0.7},
}


def make_speller(**choices: Any) -> Speller:
    """Make a model whose every weight matters: biases and norms are not what they begin as."""
    torch.manual_seed(4)  # of the first seeds, one with which every kind of model says something
    sizes: dict[str, Any] = {"d_model": 12, "num_heads": 3, "num_layers": 2, "d_ff": 7, "max_length": 11}
    model = Transformer(TransformerConfig(29, 29, **sizes, **choices))
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
    return Speller(model, Vocabulary(tuple(LETTERS)), Vocabulary(tuple(LETTERS.upper())))


def fond_of_padding(speller: Speller) -> Speller:
    norm = speller.model.decoder.final_norm
    assert isinstance(norm, nn.LayerNorm)
    with torch.no_grad():
        norm.bias.fill_(1.0)
        speller.model.output_proj.weight[0] = 9.0
    return speller


def answers_of_engine(speller: Speller, engine: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    jaxtyping.config.update("jaxtyping_disable", True)  # torch's tracing passes sizes that stand for any number, and are no ints
    try:
        export(speller, engine, folder)
    finally:
        jaxtyping.config.update("jaxtyping_disable", False)
    return [tuple(sound) for sound in run_snippet(folder, monkeypatch)(WORDS)]


@pytest.mark.parametrize("kind", OTHER)
def test_ctranslate2_answers_as_the_package_for_other_models(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speller = make_speller(**OTHER[kind])
    expected = speller.say(WORDS)
    assert len(set(expected)) > 2
    assert answers_of_engine(speller, "ctranslate2", tmp_path / "model", monkeypatch) == expected


def test_onnx_answers_as_the_package_for_a_model_that_is_other_in_every_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speller = make_speller(norm_first=False, bias=False, tie_embeddings=True, layer_norm_eps=0.7)
    expected = speller.say(WORDS)
    assert len(set(expected)) > 2
    assert answers_of_engine(speller, "onnx", tmp_path / "model", monkeypatch) == expected
    for path in (tmp_path / "model").glob("*.onnx"):
        assert str(Path(__file__).parents[3]).encode() not in path.read_bytes()  # no paths of this machine


@pytest.mark.parametrize("engine", ["onnx", "ctranslate2"])
def test_padding_is_no_answer_even_where_it_scores_best(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speller = fond_of_padding(make_speller())
    source, target = torch.tensor([speller.letters.encode("norm")]), torch.tensor([[1]])
    assert int(speller.model(source, target).argmax()) == 0
    expected = speller.say(WORDS)
    assert any(expected)
    assert answers_of_engine(speller, engine, tmp_path / "model", monkeypatch) == expected
