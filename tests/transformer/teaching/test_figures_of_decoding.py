"""Pictures of decoding, and the runs that they are drawn from, compared with golden ones.

When a picture differs, look at the page which the failure names, and if the new picture is right, accept it with
``ACCEPT_PICTURES=1 pytest tests/transformer/teaching/test_figures_of_decoding.py``,
which rewrites the file and still fails that once.
"""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from tests.transformer.helpers import assert_refused
from tests.transformer.teaching.pictures import assert_golden
from transformer import Transformer, TransformerConfig, beam_search
from transformer.teaching.beams import Candidate, watch_beams
from transformer.teaching.figures.cache import growing_cache
from transformer.teaching.figures.tree import beam_tree
from transformer.teaching.kept import kept_at_each_step

TEXT = 'A "cache" & more.'
KEYS = torch.tensor([[1.0, -0.04, 2.0], [0.5, -1.25, 3.0], [7.0, 8.0, -9.0]])
VALUES = KEYS[:, :2]


def pairs(steps: int) -> list[tuple[Tensor, Tensor]]:
    return [(KEYS[: i + 1], VALUES[: i + 1]) for i in range(steps)]


def a_model() -> Transformer:
    torch.manual_seed(0)
    return Transformer(TransformerConfig(11, 13, d_model=6, num_heads=3, num_layers=2, d_ff=7)).eval()


def test_new_and_kept_columns_are_told_apart(tmp_path: Path) -> None:
    assert_golden(growing_cache(pairs(3), ["<s>", "b", "long"], TEXT, caption="keys & values"), "cache", TEXT, tmp_path)


def test_a_column_that_has_changed_is_not_shown_as_kept(tmp_path: Path) -> None:
    first, second = pairs(2)
    assert_golden(growing_cache([(first[0] + 1, first[1]), second], ["a", "b"], TEXT), "cache_changed", TEXT, tmp_path)


@pytest.mark.parametrize(("steps", "words"), [(0, 0), (2, 1), (1, 2)])
def test_steps_that_do_not_fit_the_words_are_refused(steps: int, words: int) -> None:
    message = f"steps must be one for each word, got {steps} steps and {words} words"
    assert_refused(lambda: growing_cache(pairs(steps), ["a"] * words, TEXT), ValueError, message)


def test_a_step_that_holds_too_little_is_refused() -> None:
    first, second = pairs(2)
    keys = "keys of step 2 must have shape (2, numbers), got (1, 3)"
    assert_refused(lambda: growing_cache([first, first], ["a", "b"], TEXT), ValueError, keys)
    values = "values of step 2 must have shape (2, numbers), got (2,)"
    assert_refused(lambda: growing_cache([first, (second[0], VALUES[0])], ["a", "b"], TEXT), ValueError, values)


@pytest.mark.parametrize("layer", [0, 1])
def test_what_is_kept_is_what_the_projections_make_of_the_whole_target(layer: int) -> None:
    model, source, target = a_model(), torch.tensor([[4, 5, 6]]), torch.tensor([[1, 7, 9, 3]])
    made: list[Tensor] = []
    parts = [model.get_submodule(f"decoder.layers.{layer}.self_attention.{name}") for name in ("k_proj", "v_proj")]
    hooks = [part.register_forward_hook(lambda *given: made.append(given[2])) for part in parts]
    model(source, target)
    for hook in hooks:
        hook.remove()
    steps = kept_at_each_step(model, source, target, layer=layer)
    for i, pair in enumerate(steps):
        for held, whole in zip(pair, made, strict=True):
            torch.testing.assert_close(held, whole.view(1, 4, 3, 2).transpose(1, 2)[:, :, : i + 1])
    assert len(steps) == 4
    assert len({held.untyped_storage().data_ptr() for pair in steps for held in pair}) == 8  # a later step changes none of them


@pytest.mark.parametrize("layer", [-1, 2])
def test_a_layer_that_is_not_there_is_refused(layer: int) -> None:
    ids = torch.tensor([[1, 2]])
    message = f"layer must be one of the decoder's 2, got {layer}"
    assert_refused(lambda: kept_at_each_step(a_model(), ids, ids, layer=layer), ValueError, message)


def test_a_model_that_keeps_nothing_is_refused() -> None:
    class Unknown(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x

    model, ids = a_model(), torch.tensor([[1, 2]])
    model.decoder.final_norm = Unknown()
    message = "model must be able to work with a cache, got one with a module that needs the whole target"
    assert_refused(lambda: kept_at_each_step(model, ids, ids), ValueError, message)


WORDS = ["a<b", "b", "<end>"]
CANDIDATES = [
    Candidate((0,), 0.5, "followed"),
    Candidate((1,), 0.375, "followed"),
    Candidate((2,), 0.125, "dropped"),
    Candidate((1, 2), 0.25, "answer"),
    Candidate((0, 1), 0.125, "dropped"),
    Candidate((1, 1), 0.125, "dropped"),
]


def test_a_tree_has_a_column_a_step_and_shows_each_fate(tmp_path: Path) -> None:
    assert_golden(beam_tree(CANDIDATES, WORDS, TEXT, caption="beams & fates"), "tree", TEXT, tmp_path)


def test_a_bare_tree_begins_higher_and_a_caption_may_be_wider(tmp_path: Path) -> None:
    assert_golden(beam_tree(CANDIDATES[:1], WORDS, TEXT), "tree_bare", TEXT, tmp_path)
    assert 'width="248"' in beam_tree(CANDIDATES[:1], WORDS, TEXT, caption="a caption wider than the tree.").svg


def test_a_tree_of_nothing_and_a_candidate_without_its_beginning_are_refused() -> None:
    assert_refused(lambda: beam_tree([], WORDS, TEXT), ValueError, "candidates must have at least one, got none")
    message = "candidates must hold each beginning before what follows it, got (1, 2) without"
    assert_refused(lambda: beam_tree([CANDIDATES[0], CANDIDATES[3]], WORDS, TEXT), ValueError, message)


HOW = {"start_id": 1, "end_id": 2, "max_length": 5, "beam_size": 3}


@pytest.mark.parametrize("length_penalty", [0.0, 2.0])
@pytest.mark.parametrize("seed", range(5))
def test_the_answer_is_the_searchs_and_each_chance_is_the_models(seed: int, length_penalty: float) -> None:
    model, source = a_model(), torch.tensor([[4, 5, 6]])
    torch.manual_seed(seed)
    for parameter in model.requires_grad_(False).parameters():
        parameter.normal_()
    seen = watch_beams(model, source, **HOW, length_penalty=length_penalty)
    tokens, _ = beam_search(model, source, **HOW, length_penalty=length_penalty)
    assert [one.tokens for one in seen if one.fate == "answer"] == [tuple(t for t in tokens[0, 0].tolist() if t)]
    for step in range(1, 1 + max(len(one.tokens) for one in seen)):
        here = [one for one in seen if len(one.tokens) == step]
        assert sum(one.fate == "followed" for one in here) in (0, 3)
        kept = sorted((one.chance for one in here if one.fate == "followed"), reverse=True)
        left = [one.chance for one in here if one.fate == "dropped" and one.tokens[-1] != 2]
        assert not kept or kept[-1] >= max(left, default=0.0)  # the beam follows the best that do not end
        written = torch.tensor([one.tokens for one in here])
        read = torch.cat([torch.ones(len(here), 1, dtype=torch.int64), written[:, :-1]], dim=1)
        logs = model(source.expand(len(here), -1), read).log_softmax(-1).gather(2, written[..., None])
        torch.testing.assert_close(torch.tensor([one.chance for one in here]), logs.sum((1, 2)).exp(), rtol=1e-4, atol=0)
        assert 0 not in written
        assert 2 not in written[:, :-1]


def test_a_vocabulary_smaller_than_the_beam_leaves_rows_empty() -> None:
    model = Transformer(TransformerConfig(11, 4, d_model=6, num_heads=3, num_layers=1, d_ff=7)).eval()
    seen = watch_beams(model, torch.tensor([[4]]), **(HOW | {"beam_size": 5, "max_length": 2}), length_penalty=0.0)
    assert [one.fate for one in seen if len(one.tokens) == 1].count("followed") == 2  # tokens 1 and 3
    assert len({one.tokens for one in seen}) == len(seen) == 3 + 2 * 3


def test_a_batch_is_refused() -> None:
    source = torch.tensor([[4], [5]])
    message = "source must be one item, got 2"
    assert_refused(lambda: watch_beams(a_model(), source, **HOW, length_penalty=0.0), ValueError, message)
