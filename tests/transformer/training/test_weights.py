from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from tests.transformer.helpers import assert_identical, assert_refused
from tests.transformer.training.helpers import CONFIG, full_disk, same_weights
from transformer import Transformer
from transformer.training import average_weights, load_weights, read_notes, save_weights

NOTES = {"z": "1", "a": "naïve", "config": '{"d_model": 6}', "": ""}


def model(seed: int = 0) -> Transformer:
    torch.manual_seed(seed)
    return Transformer(CONFIG)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    save_weights(tmp_path / "a.safetensors", model().state_dict(), NOTES)
    return tmp_path / "a.safetensors"


def test_weights_and_notes_come_back(path: Path) -> None:
    other = model(1)
    load_weights(path, other)
    assert same_weights(other.state_dict(), model().state_dict())
    assert read_notes(path) == NOTES


def test_a_file_of_another_writer_has_no_notes(tmp_path: Path) -> None:
    save_file(model().state_dict(), tmp_path / "b.safetensors")
    assert read_notes(tmp_path / "b.safetensors") == {}
    load_weights(tmp_path / "b.safetensors", model(1))


def test_the_same_weights_and_notes_are_the_same_bytes(path: Path) -> None:
    for _ in range(9):  # safetensors itself draws the order of the notes anew each time
        save_weights(path.with_name("b"), model().state_dict(), dict(reversed(NOTES.items())))
        assert path.with_name("b").read_bytes() == path.read_bytes()
    numbers = 8 + int.from_bytes(path.read_bytes()[:8], "little")
    assert numbers % 8 == 0


def test_half_precision_is_the_nearest_and_is_read_into_the_models_own(path: Path) -> None:
    weights = model().state_dict()
    save_weights(path, weights, {}, dtype=torch.float16)
    assert {weight.dtype for weight in load_file(path).values()} == {torch.float16}
    for dtype in (torch.float32, torch.float64):
        other = model(1).to(dtype)
        load_weights(path, other)
        assert same_weights(other.state_dict(), {name: weight.half().to(dtype) for name, weight in weights.items()})


def test_tied_embeddings_stay_tied(path: Path) -> None:
    torch.manual_seed(0)
    tied, other = (Transformer(replace(CONFIG, tie_embeddings=True)) for _ in range(2))
    save_weights(path, tied.state_dict(), {})
    load_weights(path, other)
    assert same_weights(other.state_dict(), tied.state_dict())
    average_weights([path, path], other)
    assert other.output_proj.weight is other.source_embedding.embedding.weight is other.target_embedding.embedding.weight


def test_writing_takes_the_weights_as_they_are_and_leaves_them_so(path: Path) -> None:
    weight = torch.randn(3, 5, requires_grad=True).t()
    save_weights(path, {"a": weight, "b": weight}, {})
    assert weight.requires_grad
    assert_identical(load_file(path)["a"], weight.detach())
    assert_identical(load_file(path)["b"], weight.detach())


@pytest.mark.parametrize("value", [torch.nan, torch.inf, 1e5], ids=str)
def test_weights_that_the_file_could_not_hold_are_refused_and_the_old_file_stays(path: Path, value: float) -> None:
    before = path.read_bytes()
    message = f"{path}: b as torch.float16 must be finite, got 2 numbers that are not"
    weights = {"a": torch.ones(2), "b": torch.tensor([value, 1.0, value])}
    assert_refused(lambda: save_weights(path, weights, {}, dtype=torch.float16), ValueError, message)
    assert path.read_bytes() == before


def test_a_full_disk_costs_nothing(path: Path) -> None:
    before = path.read_bytes()
    with full_disk(len(before) // 2), pytest.raises(OSError, match="an older file there is untouched"):
        save_weights(path, model(1).state_dict(), {})
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def change(weights: dict[str, Tensor], problem: str) -> str:
    """Spoil the weights; return what must be said of them."""
    name = "output_proj.weight"
    if problem == "missing":
        del weights[name]
        return f" lacks weight '{name}'; {len(weights) + 1} weights of this model are expected"
    if problem == "unknown":
        weights["a.weight"] = torch.ones(2)
        return f" has the unknown weight 'a.weight'; {len(weights) - 1} weights of this model are expected"
    changes = {
        "wrong shape": (weights[name].t().contiguous(), "must have shape (9, 6), got (6, 9)"),
        "whole numbers": (weights[name].long(), "must be floating-point, got torch.int64"),
        "bool": (weights[name] > 0, "must be floating-point, got torch.bool"),
        "nan": (weights[name].clone().fill_diagonal_(torch.nan), "must be finite, got 6 numbers that are not"),
        "infinite": (weights[name] / 0, "must be finite, got 54 numbers that are not"),
        "too large for float32": (weights[name].double().sign() * 1e300, "must be finite, got 54 numbers that are not"),
    }
    weights[name], message = changes[problem]
    return f": {name} {message}"


@pytest.mark.parametrize(
    "problem", ["missing", "unknown", "wrong shape", "whole numbers", "bool", "nan", "infinite", "too large for float32"]
)
def test_wrong_weights_are_refused_and_the_model_stays_as_it_was(path: Path, problem: str) -> None:
    weights = load_file(path)
    message = change(weights, problem)
    save_file(weights, path)
    other = model(1)
    assert_refused(lambda: load_weights(path, other), ValueError, f"{path}{message}")
    assert same_weights(other.state_dict(), model(1).state_dict())


def test_eight_bit_numbers_are_read(path: Path) -> None:
    save_file({name: weight.to(torch.float8_e4m3fn) for name, weight in load_file(path).items()}, path)
    load_weights(path, model(1))


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff" * 99, b"\x08" + b"\0" * 7 + b"not JSON"], ids=repr)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(content)
    for read in (lambda: load_weights(path, model()), lambda: read_notes(path)):
        with pytest.raises(ValueError, match=r"a\.safetensors is damaged or is no safetensors file \(.+\)$"):
            read()


def test_a_file_that_was_cut_anywhere_is_refused(path: Path) -> None:
    whole, other = path.read_bytes(), model(1)
    for end in [*range(0, len(whole), 97), len(whole) - 1]:
        path.write_bytes(whole[:end])
        with pytest.raises(ValueError, match="is damaged or is no safetensors file"):
            load_weights(path, other)
    assert same_weights(other.state_dict(), model(1).state_dict())


def test_a_file_that_is_too_large_for_the_model_is_not_even_read(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(10**12)  # a hole: it takes no room on the disk
    limit = sum(weight.numel() * 8 for weight in model().state_dict().values()) + 1_000_000
    message = f"{path} must be at most {limit} bytes for this model, got 1000000000000"
    assert_refused(lambda: load_weights(path, model()), ValueError, message)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    for read in (lambda path: load_weights(path, model()), read_notes):
        with pytest.raises(FileNotFoundError, match="none"):
            read(tmp_path / "none")


def test_the_average_is_the_mean_in_float64_rounded_once(tmp_path: Path) -> None:
    paths = [tmp_path / str(seed) for seed in range(3)]
    for seed, path in enumerate(paths):
        save_weights(path, model(seed).state_dict(), {})
    mean = {
        name: torch.stack([model(seed).state_dict()[name].double() for seed in range(3)]).sum(0) / 3
        for name in model().state_dict()
    }
    averaged, exact = model(9), model(9).double()
    average_weights(paths, averaged)
    assert same_weights(averaged.state_dict(), {name: weight.float() for name, weight in mean.items()})
    average_weights(paths, exact)
    torch.testing.assert_close(dict(exact.state_dict()), mean, atol=1e-15, rtol=0)


def test_there_must_be_something_to_average() -> None:
    assert_refused(
        lambda: average_weights([], nn.Linear(2, 2)), ValueError, "paths must name at least one file to average, got none"
    )


@pytest.mark.bad_input
def test_notes_that_could_not_be_read_again_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    message = f"{path}: the notes must be at most 500000 bytes, got 500012"
    assert_refused(lambda: save_weights(path, {}, {"a": "b" * 500_003}), ValueError, message)
    notes: Any = {"seed": 1}
    assert_refused(lambda: save_weights(path, {}, notes), TypeError, f"{path}: the note 'seed' must be a str, got int")
    assert not path.exists()


def test_a_folder_in_place_of_the_file_is_told_with_its_path(tmp_path: Path) -> None:
    message = f"[Errno 21] Is a directory: '{tmp_path}'"
    assert_refused(lambda: read_notes(tmp_path), IsADirectoryError, message)
