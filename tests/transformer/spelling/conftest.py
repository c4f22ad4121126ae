import random
from pathlib import Path

import pytest

from tests.transformer.spelling.helpers import train
from transformer.spelling.commands import main


@pytest.fixture(scope="package")
def dictionary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    letters, path = random.Random(7), tmp_path_factory.mktemp("data") / "tiny.dict"  # noqa: S311 - no secret
    words = sorted({"".join(letters.choices("abcdef", k=letters.randint(1, 6))) for _ in range(80)})
    path.write_text("".join(f"{word} {' '.join(letter.upper() + '1' for letter in word)}\n" for word in words))
    return path


@pytest.fixture(scope="package")
def whole(dictionary: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train a tiny model to its end, without a stop."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    assert main(train(dictionary, folder)) == 0
    return folder
