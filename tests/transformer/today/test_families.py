"""Ten published models: ours compute what Hugging Face's compute, in float64, with only rounding between them."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from tests.transformer.helpers import assert_exact
from transformer.teaching.ten_models import (
    MODELS,
    VOCAB,
    gradients,
    gradients_by_our_names,
    in_chunks,
    published,
    scores,
)
from transformer.today.families import Sizes, gemma3, llama
from transformer.today.frequencies import rotary_frequencies
from transformer.today.model import LanguageModel
from transformer.today.visible import causal, window
from transformer.today.weights import from_hugging_face, name_pairs

BATCH, LENGTH = 2, 17
each = pytest.mark.parametrize("name", MODELS)


def pair(name: str) -> tuple[nn.Module, LanguageModel, Tensor]:
    theirs = published(name)
    return theirs, from_hugging_face(theirs), torch.randint(VOCAB, (BATCH, LENGTH))


@each
def test_logits_and_each_gradient(name: str) -> None:
    theirs, ours, tokens = pair(name)
    expected, found = scores(theirs, tokens), ours(tokens)
    assert expected.dtype == torch.float64
    assert_exact(found, expected)
    right = gradients_by_our_names(theirs, gradients(theirs, expected, tokens))
    for parameter, gradient in gradients(ours, found, tokens).items():
        assert_exact(gradient, right.pop(parameter), parameter)
    assert not right


@each
def test_cached_in_uneven_chunks(name: str) -> None:
    theirs, ours, tokens = pair(name)
    assert_exact(in_chunks(ours, tokens), scores(theirs, tokens))


@each
def test_padded_on_the_left(name: str) -> None:
    theirs, ours, tokens = pair(name)
    place = torch.arange(LENGTH) - torch.tensor([[0], [6]])
    real = place >= 0
    expected = scores(theirs, tokens, attention_mask=real.long(), position_ids=place.clamp(min=0))
    assert_exact(ours(tokens, positions=place)[real], expected[real])
    assert_exact(ours(tokens, ours.cache(padding=torch.tensor([0, 6])))[real], expected[real])


@each
def test_the_weights_are_a_copy(name: str) -> None:
    theirs, ours, tokens = pair(name)
    before = ours(tokens)
    for parameter in theirs.parameters():
        nn.init.zeros_(parameter)
    assert torch.equal(ours(tokens), before)


@each
def test_each_parameter_of_ours_has_one_pair(name: str) -> None:
    theirs, ours, _ = pair(name)
    named = [one.ours for one in name_pairs(theirs.config)]
    assert sorted(named) == sorted(dict(ours.named_parameters()))


def test_frequencies_that_were_stretched() -> None:
    theirs = published("Llama")
    llama3 = {
        "rope_type": "llama3",
        "rope_theta": 500_000.0,
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 32,
    }
    linear = {"rope_type": "linear", "rope_theta": 10_000.0, "factor": 4.0}
    tokens = torch.randint(VOCAB, (BATCH, LENGTH))
    plain = scores(theirs, tokens)
    for rope in (llama3, linear):
        other = published("Llama", rope_parameters=rope)
        other.load_state_dict(theirs.state_dict())
        expected = scores(other, tokens)
        assert (expected - plain).abs().max() > 1e-3
        assert_exact(from_hugging_face(other)(tokens), expected)


def refused(**changed: object) -> Callable[[], object]:
    theirs = published("Llama")
    for name, value in changed.items():
        setattr(theirs.config, name, value)
    return lambda: from_hugging_face(theirs)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"hidden_act": "gelu"}, "hidden_act must be silu, got gelu"),
        ({"model_type": "bert"}, "model must be of type gemma, gemma3_text, .*, got bert"),
        ({"num_hidden_layers": 2}, r"no place, such as model\.layers\.2\."),
        ({"rope_parameters": {"rope_type": "yarn", "rope_theta": 1e4}}, "rope_type must be default, linear or llama3, got yarn"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_not_ours_is_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        refused(**changed)()


@pytest.mark.bad_input
@pytest.mark.parametrize("model", [nn.Linear(2, 3), None, {}], ids=["module", "None", "state"])
def test_what_is_no_model_is_refused(model: object) -> None:
    with pytest.raises(TypeError, match="model must be a model of transformers, with a config, got"):
        from_hugging_face(model)  # type: ignore[arg-type]


SIZES = Sizes(vocab_size=VOCAB, d_model=12, num_layers=2, num_heads=6, num_kv_heads=2, head_dim=4, d_ff=17)


def test_gemma3_asks_for_a_rule_for_each_layer() -> None:
    layers = [(window(3), rotary_frequencies(4))]
    with pytest.raises(ValueError, match="layers must have one pair for each of the 2 layers, got 1"):
        gemma3(SIZES, layers=layers)


def test_a_window_as_wide_as_the_text_is_causal() -> None:
    wide, plain = llama(SIZES, visible=window(LENGTH)).double(), llama(SIZES, visible=causal).double()
    wide.load_state_dict(plain.state_dict())
    tokens = torch.randint(VOCAB, (BATCH, LENGTH))
    assert_exact(wide(tokens), plain(tokens))
