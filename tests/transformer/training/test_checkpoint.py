import hashlib
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.transformer.helpers import assert_refused
from tests.transformer.training.helpers import full_disk
from transformer.training import load_checkpoint, save_checkpoint
from transformer.training.checkpoint import PARTS


def state() -> dict[str, Any]:
    return {
        "config": {"d_model": 6},
        "settings": {"steps": 9},
        "step": 3,
        "seconds": 0.5,
        "model": {"a": torch.arange(7.0)},
        "optimizer": {"state": {0: {"exp_avg": torch.ones(2)}}},
        "schedule": {"last_epoch": 3},
        "data": {"epoch": 0},
        "notes": {"letters": "abc"},
        "rng": {"cpu": torch.arange(5)},
    }


@pytest.fixture
def path(tmp_path: Path) -> Path:
    save_checkpoint(tmp_path / "checkpoint.pt", state())
    return tmp_path / "checkpoint.pt"


def read(path: Path) -> dict[str, Any]:
    return load_checkpoint(path, limit=1_000_000)


def write(path: Path, value: object) -> None:
    """Write anything with a checksum that fits."""
    torch.save(value, path)
    path.write_bytes(path.read_bytes() + hashlib.sha256(path.read_bytes()).digest())


def plain(value: object) -> object:
    """Turn tensors into what ``==`` compares."""
    if isinstance(value, torch.Tensor):
        return value.dtype, value.tolist()
    return {key: plain(part) for key, part in value.items()} if isinstance(value, dict) else value


def same(ours: object, theirs: object) -> bool:
    return plain(ours) == plain(theirs)


def test_comes_back_as_it_was(path: Path) -> None:
    assert same(read(path), state())
    assert not same(read(path), {**state(), "step": 4})


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_is_left_out_is_missed_in_writing_and_in_reading(path: Path, name: str) -> None:
    less = {part: value for part, value in state().items() if part != name}
    message = f"{path} lacks '{name}'; a checkpoint holds {', '.join(PARTS)}"
    assert_refused(lambda: save_checkpoint(path, less), ValueError, message)
    assert same(read(path), state())
    write(path, less)
    assert_refused(lambda: read(path), ValueError, message)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_another_type_is_refused(path: Path, name: str) -> None:
    write(path, {**state(), name: "no"})
    message = f"{path}: '{name}' must be of type {PARTS[name].__name__}, got str"
    assert_refused(lambda: read(path), ValueError, message)


def test_an_unknown_part_is_refused(path: Path) -> None:
    write(path, {**state(), "loss": 1.0})
    message = f"{path} has the unknown part 'loss'; a checkpoint holds {', '.join(PARTS)}"
    assert_refused(lambda: read(path), ValueError, message)


def test_something_else_that_torch_can_save_is_refused(path: Path) -> None:
    write(path, [1, 2])
    message = f"{path} must hold a dict of {', '.join(PARTS)}, got list"
    assert_refused(lambda: read(path), ValueError, message)


class Trap:
    """Make a folder when it is read by pickle, as a harmful file could do anything."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.folder),)


@pytest.mark.filterwarnings("ignore:Environment variable TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD")  # or the warning would save us
@pytest.mark.parametrize("forced", [False, True], ids=["as usual", "with the variable that lets torch run code"])
def test_code_in_a_checkpoint_does_not_run(path: Path, monkeypatch: pytest.MonkeyPatch, forced: bool) -> None:
    if forced:
        monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    trap = path.with_name("trapped")
    write(path, {**state(), "model": {"a": Trap(trap)}})
    message = f"{path} holds more than tensors and plain values, or cannot be read"
    assert_refused(lambda: read(path), ValueError, message)
    assert not trap.exists()
    torch.load(path, weights_only=False)
    assert trap.exists()  # so it was a trap


def test_a_pickle_that_is_no_archive_is_not_even_opened(path: Path) -> None:
    trap = path.with_name("trapped")
    content = pickle.dumps(Trap(trap))
    path.write_bytes(content + hashlib.sha256(content).digest())
    assert_refused(lambda: read(path), ValueError, f"{path} is no checkpoint (File is not a zip file)")
    assert not trap.exists()


DAMAGED = r"checkpoint\.pt is damaged or is no checkpoint: its bytes do not fit the checksum at its end"


def test_a_file_that_was_cut_anywhere_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    for end in [*range(0, len(whole), 17), *range(len(whole) - 99, len(whole))]:
        path.write_bytes(whole[:end])
        with pytest.raises(ValueError, match=DAMAGED):
            read(path)


def test_a_byte_that_changed_anywhere_is_noticed(path: Path) -> None:
    whole = path.read_bytes()
    for place in range(0, len(whole), 3):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        with pytest.raises(ValueError, match=DAMAGED):
            read(path)


def test_a_weight_that_changed_is_noticed_which_torch_would_not(path: Path) -> None:
    numbers = torch.arange(7.0).numpy().tobytes()
    assert path.read_bytes().count(numbers) == 1
    path.write_bytes(path.read_bytes().replace(numbers, (-torch.arange(7.0)).numpy().tobytes()))
    assert torch.load(path, weights_only=True)["model"]["a"].tolist() == [0, -1, -2, -3, -4, -5, -6]
    with pytest.raises(ValueError, match=DAMAGED):
        read(path)


def test_a_record_that_would_unpack_to_much_is_refused(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        records = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**records, "archive/data/0": bytes(10**7)}.items():
            archive.writestr(name, content)
    path.write_bytes(path.read_bytes() + hashlib.sha256(path.read_bytes()).digest())
    message = f"{path} must hold records as they are, got archive/data.pkl compressed"
    assert_refused(lambda: read(path), ValueError, message)


def test_a_file_that_is_too_large_is_not_even_read(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(10**12)  # a hole: it takes no room on the disk
    message = f"{path} must be at most 1000000 bytes for this model, got 1000000000000"
    assert_refused(lambda: read(path), ValueError, message)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="none"):
        read(tmp_path / "none")


def test_a_full_disk_costs_nothing(path: Path) -> None:
    with full_disk(path.stat().st_size - 1), pytest.raises(OSError, match="File too large"):
        save_checkpoint(path, {**state(), "step": 4})
    assert same(read(path), state())
    assert list(path.parent.iterdir()) == [path]


def test_what_could_not_be_read_again_is_not_written(path: Path) -> None:
    before = path.read_bytes()
    odd = {**state(), "settings": {"learning_rate": np.float64(0.5)}}  # a float to Python, an object to the file
    with pytest.raises(ValueError, match="was not written: the state holds more than tensors and plain values"):
        save_checkpoint(path, odd)
    with pytest.raises(ValueError, match="must be at most 99 bytes for this model, and would have"):
        save_checkpoint(path, state(), limit=99)
    assert path.read_bytes() == before
