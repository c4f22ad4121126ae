"""Settings from a file and from flags, each checked before anything runs."""

import argparse
import tomllib
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from transformer.config import TransformerConfig
from transformer.training.settings import TrainingSettings

DEFAULTS = Path(__file__).with_name("pretrained") / "settings.toml"
FROM_DATA = ("source_vocab_size", "target_vocab_size", "pad_id")  # not for the user to choose


def path_of(text: str) -> Path:
    """Take a path as it was typed, but for an empty one: that would be the folder in which one happens to be.

    Raises:
        argparse.ArgumentTypeError: It is empty, or has a character that no path has.
    """
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError(f"a path is expected, got {text!r}")
    return Path(text)


def add_setting_flags(parser: argparse.ArgumentParser) -> None:
    """Give a parser ``--config`` and one flag for each setting of the model and of the training."""
    parser.add_argument(
        "--config", type=path_of, default=DEFAULTS, help="a TOML file of settings; flags win over it (%(default)s)"
    )
    for title, kind in (("model", TransformerConfig), ("training", TrainingSettings)):
        group = parser.add_argument_group(f"{title} settings", f"see transformer's {kind.__name__}")
        for field in _settings(kind):
            flag = "--" + field.name.replace("_", "-")
            if field.type is bool:
                group.add_argument(flag, action=argparse.BooleanOptionalAction, default=None)
            else:
                group.add_argument(flag, type=field.type, metavar=field.type.__name__.upper())


def read_settings(arguments: argparse.Namespace) -> tuple[dict[str, Any], TrainingSettings]:
    """Put together what the file and the flags say.

    Args:
        arguments: What a parser with ``add_setting_flags`` understood.

    Returns:
        The model's settings, for ``TransformerConfig``, and the training's.

    Raises:
        OSError: The file is not there, is a folder or may not be read.
        ValueError: The file is no TOML, or names an unknown setting, or a value is out of range.
        TypeError: A value has the wrong type.
    """
    values = read_config(arguments.config)
    kinds = [_settings(TransformerConfig), _settings(TrainingSettings)]
    flags = {field.name: getattr(arguments, field.name) for kind in kinds for field in kind}
    values |= {name: value for name, value in flags.items() if value is not None}
    model, training = ({field.name: values[field.name] for field in kind if field.name in values} for kind in kinds)
    TransformerConfig(source_vocab_size=1, target_vocab_size=1, **model)  # checks every value, before the data is read
    return model, TrainingSettings(**training)


def read_config(path: Path) -> dict[str, Any]:
    """Read a TOML file of settings.

    Args:
        path: The file.

    Returns:
        Values by name.

    Raises:
        OSError: The file is not there, is a folder or may not be read.
        ValueError: The file is no TOML, or names an unknown setting.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:  # also no UTF-8, a number of too many digits, too many brackets
        raise ValueError(f"{path} is no TOML file ({error})") from error
    known = [field.name for kind in (TransformerConfig, TrainingSettings) for field in _settings(kind)]
    for name in values:
        if name not in known:
            raise ValueError(f"{path} has the unknown setting {name!r}; known are {', '.join(known)}")
    return values


def _settings(kind: type) -> list[Any]:
    return [field for field in fields(kind) if field.name not in FROM_DATA and field.default is not MISSING]
