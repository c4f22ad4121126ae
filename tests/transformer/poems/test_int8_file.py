from functools import partial
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.transformer.helpers import assert_identical, assert_refused
from transformer.poems.int8_file import load_int8, save_int8
from transformer.poems.model import PoetSettings, make_poet
from transformer.today.int8 import quantised
from transformer.today.model import LanguageModel
from transformer.training.weights import read_notes

SIZES = PoetSettings(d_model=12, num_layers=2, num_heads=3, num_kv_heads=1, head_dim=4, d_ff=9).sizes(300)


def saved(path: Path) -> LanguageModel:
    torch.manual_seed(3)
    model = make_poet(SIZES)
    save_int8(path, model, {"characters": "東"})
    return model


def test_matrices_come_back_rounded_by_row_and_vectors_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "poet.safetensors"
    model, other = saved(path), make_poet(SIZES)
    load_int8(path, other)
    for name, weight in model.state_dict().items():
        expected = weight
        if weight.dim() == 2:
            numbers, scale = quantised(weight)
            expected = numbers.float() * scale[:, None]
            assert (expected - weight).abs().max() > 0
        assert_identical(other.state_dict()[name], expected)
    assert read_notes(path) == {"characters": "東"}
    weights = sum(weight.numel() for weight in model.parameters())
    assert path.stat().st_size < 1.5 * weights + 6000


def test_the_same_model_is_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        saved(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.bad_input
def test_refuses_a_file_that_is_not_the_models(tmp_path: Path) -> None:
    path, name = tmp_path / "poet.safetensors", "blocks.0.attention.q_proj.weight"
    saved(path)
    good, model = load_file(path), make_poet(SIZES)
    before = {key: weight.clone() for key, weight in model.state_dict().items()}
    load = partial(load_int8, path, model)
    rows = f"{path}: {name} must be rows of int8 with a scale of float32 for each"
    for wrong, message in (
        ({f"{name}.scale": good[f"{name}.scale"].half()}, rows),
        ({f"{name}.scale": good[f"{name}.scale"][:3]}, rows),
        ({f"{name}.int8": good[f"{name}.int8"].to(torch.int16)}, rows),
        ({f"{name}.scale": None}, rows),
        ({f"{name}.scale": good[f"{name}.scale"] * torch.nan}, f"{path}: {name} must be finite, got 144 numbers that are not"),
        ({f"{name}.int8": good[f"{name}.int8"][:, :5].contiguous()}, f"{path}: {name} must have shape (12, 12), got (12, 5)"),
        ({f"{name}.int8": None}, f"{path} lacks weight '{name}'; {len(before)} weights of this model are expected"),
        ({"more": torch.zeros(2)}, f"{path} has the unknown weight 'more'; {len(before)} weights of this model are expected"),
    ):
        save_file({key: value for key, value in (good | wrong).items() if value is not None}, path)
        assert_refused(load, ValueError, message)
    path.write_bytes(bytes(10**7))
    assert_refused(
        load,
        ValueError,
        f"{path} must be at most {8 * sum(w.numel() for w in before.values()) + 10**6} bytes for this model, got {10**7}",
    )
    for key, weight in model.state_dict().items():
        assert_identical(weight, before[key])
