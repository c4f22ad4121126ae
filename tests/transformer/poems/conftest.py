from hashlib import sha256
from pathlib import Path

import pytest

from tests.transformer.poems.helpers import SMALL, invented_poems, pack_poems
from transformer.__main__ import MORE
from transformer.poems import package
from transformer.spelling.commands import main


@pytest.fixture(scope="package")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with an archive of invented poems, which stands for the one that npm would fetch."""
    folder = tmp_path_factory.mktemp("data")
    pack_poems(folder / package.ARCHIVE, invented_poems())
    return folder


@pytest.fixture(autouse=True)
def _known_archive(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "SHA256", sha256((data / package.ARCHIVE).read_bytes()).hexdigest())


@pytest.fixture(scope="package")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train a tiny poet to its end, without a stop."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(package, "SHA256", sha256((data / package.ARCHIVE).read_bytes()).hexdigest())
        assert main(["train-poet", str(folder), f"--data={data}", *SMALL], MORE) == 0
    return folder
