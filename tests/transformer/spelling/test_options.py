import argparse
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.transformer.helpers import assert_refused
from transformer import TransformerConfig
from transformer.spelling.options import DEFAULTS, add_setting_flags, read_settings
from transformer.training import TrainingSettings


def settings_of(*words: str) -> tuple[dict[str, Any], TrainingSettings]:
    parser = argparse.ArgumentParser()
    add_setting_flags(parser)
    return read_settings(parser.parse_args(words))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.toml"


def test_the_defaults_are_those_of_the_shipped_model() -> None:
    model, training = settings_of()
    assert model | asdict(training) == tomllib.loads(DEFAULTS.read_text())


def test_what_no_file_and_no_flag_says_is_the_packages_default(path: Path) -> None:
    path.write_text("")
    assert settings_of("--config", str(path)) == ({}, TrainingSettings())


def test_every_setting_can_be_given_in_the_file_and_as_a_flag(path: Path) -> None:
    given = {
        "d_model": 6,
        "num_heads": 3,
        "num_layers": 2,
        "d_ff": 7,
        "dropout": 0.5,
        "max_length": 9,
        "norm_first": False,
        "bias": False,
        "layer_norm_eps": 0.25,
        "tie_embeddings": True,
        "steps": 11,
        "batch_size": 4,
        "learning_rate": 0.125,
        "warmup_steps": 2,
        "decay_steps": 3,
        "label_smoothing": 0.75,
        "weight_decay": 0.5,
        "clip_norm": 2.5,
        "seed": 8,
        "save_every": 5,
        "log_every": 6,
        "average": 1,
    }
    path.write_text("".join(f"{name} = {str(value).lower()}\n" for name, value in given.items()))
    flags = []
    for name, value in given.items():
        flag = name.replace("_", "-")
        flags += [f"--{flag}" if value else f"--no-{flag}"] if isinstance(value, bool) else [f"--{flag}={value}"]
    for words in (["--config", str(path)], flags):
        model, training = settings_of(*words)
        assert model | asdict(training) == given
        defaults = asdict(TransformerConfig(11, 13)) | asdict(TrainingSettings())
        assert all(defaults[name] != value for name, value in given.items())


def test_flags_win_over_the_file(path: Path) -> None:
    path.write_text("steps = 50\nwarmup_steps = 3\ndecay_steps = 0\nbias = false\ndropout = 0.5\n")
    model, training = settings_of("--config", str(path), "--warmup-steps", "0", "--bias", "--dropout", "0")
    assert (training.steps, training.warmup_steps, model["bias"], model["dropout"]) == (50, 0, True, 0)


VALUES = [
    ("steps", "0", "steps must be at least 1, got 0"),
    ("d_model", "-6", "d_model must be at least 1, got -6"),
    ("d_model", "4099", "d_model (4099) must be divisible by num_heads (4): 4099 = 4 * 1024 + 3"),
    ("dropout", "1.0", "dropout must be in [0, 1), got 1.0"),
    ("dropout", "nan", "dropout must be in [0, 1), got nan"),
    ("learning_rate", "inf", "learning_rate must be a finite number above 0, got inf"),
    ("weight_decay", "-1.0", "weight_decay must be a finite number of at least 0, got -1.0"),
    ("label_smoothing", "-0.1", "label_smoothing must be in [0, 1), got -0.1"),
    ("seed", "-1", "seed must be at least 0, got -1"),
    ("seed", "4294967296", "seed must be less than 4294967296, got 4294967296"),
]


@pytest.mark.parametrize(("name", "value", "message"), VALUES, ids=[f"{name}={value}" for name, value, _ in VALUES])
def test_refuses_a_bad_value_from_a_flag_and_from_the_file(path: Path, name: str, value: str, message: str) -> None:
    assert_refused(lambda: settings_of(f"--{name.replace('_', '-')}={value}"), ValueError, message)
    lines = [line for line in DEFAULTS.read_text().splitlines() if not line.startswith(name)]
    path.write_text("\n".join([*lines, f"{name} = {value}"]))
    assert_refused(lambda: settings_of("--config", str(path)), ValueError, message)


def test_refuses_a_flag_that_does_not_fit_the_file(path: Path) -> None:
    path.write_text("steps = 20\nwarmup_steps = 4\ndecay_steps = 8\n")
    message = "warmup_steps and decay_steps must fit into steps = 20, got 4 + 17 = 21"
    assert_refused(lambda: settings_of("--config", str(path), "--decay-steps=17"), ValueError, message)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("steps = 9.0", "steps must be an int, got float (9.0)"),
        ("d_model = '6'", "d_model must be an int, got str ('6')"),
        ("bias = 1", "bias must be True or False, got int (1)"),
        ("dropout = true", "dropout must be a number, got bool (True)"),
        ("learning_rate = [0.1]", "learning_rate must be a number, got list ([0.1])"),
    ],
)
def test_refuses_a_value_of_another_type_in_the_file(path: Path, line: str, message: str) -> None:
    path.write_text(f"decay_steps = 0\nwarmup_steps = 0\n{line}\n")
    assert_refused(lambda: settings_of("--config", str(path)), TypeError, message)


@pytest.mark.parametrize("name", ["beams", "pad_id", "source_vocab_size", "model"])
def test_refuses_an_unknown_setting(path: Path, name: str) -> None:
    path.write_text(f"{name} = {{}}\n")
    with pytest.raises(ValueError, match=rf"a\.toml has the unknown setting '{name}'; known are d_model, .*, average$"):
        settings_of("--config", str(path))


def test_refuses_a_file_that_is_no_toml_or_not_there(path: Path) -> None:
    for content in (b"steps = ", b"steps 9", b"steps = 1\nsteps = 2", b"\xff"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"a\.toml is no TOML file \(.+\)$"):
            settings_of("--config", str(path))
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"a\.toml"):
        settings_of("--config", str(path))
