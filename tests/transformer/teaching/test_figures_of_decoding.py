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
from transformer import Transformer, TransformerConfig
from transformer.teaching.figures.cache import growing_cache
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
