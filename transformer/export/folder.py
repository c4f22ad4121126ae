"""The folder that an export writes: whole or not at all, with the symbols and a README beside the engine's own files."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from transformer.spelling.speller import Speller
from transformer.spelling.vocabulary import Vocabulary

SPECIAL_NAMES = ("<pad>", "<s>", "</s>")  # what ids 0, 1 and 2 are called


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Lend a folder to write in, which gets its name when all is written; after an error nothing is left.

    Args:
        folder: What it will be called: a new name, or an empty folder.

    Yields:
        A new folder, in one beside ``folder``.

    Raises:
        FileNotFoundError: The place for it does not exist.
        ValueError: ``folder`` is a file, or holds something.

    Example:
        >>> place = Path(tempfile.mkdtemp()) / "model"
        >>> with whole_folder(place) as new:
        ...     _ = (new / "note").write_text("whole")
        ...     place.exists()
        False
        >>> [path.name for path in place.iterdir()], [path.name for path in place.parent.iterdir()]
        (['note'], ['model'])
    """
    folder = folder.absolute()
    if not folder.parent.is_dir():
        raise FileNotFoundError(f"{folder.parent} must be a folder, for {folder.name} to be written there; there is none")
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} must be a new or an empty folder, got a file")
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(f"{folder} must be a new or an empty folder, got one that holds {min(folder.iterdir()).name}")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{folder.name}.") as temporary:
        new = Path(temporary) / "new"
        new.mkdir()  # the temporary folder is for its owner alone; this one has the usual rights
        yield new
        new.rename(folder)


def named_ids(vocabulary: Vocabulary) -> list[str]:
    """Give every id a name, the special ones too.

    Args:
        vocabulary: The letters, or the phones.

    Returns:
        Names in the order of the ids.

    Raises:
        ValueError: A symbol is called like a special id.

    Example:
        >>> named_ids(Vocabulary(("a", "b")))
        ['<pad>', '<s>', '</s>', 'a', 'b']
    """
    for name in SPECIAL_NAMES:
        if name in vocabulary.symbols:
            raise ValueError(f"symbols must not be called {' or '.join(SPECIAL_NAMES)} to be exported, got {name!r}")
    return [*SPECIAL_NAMES, *vocabulary.symbols]


def write_companions(folder: Path, speller: Speller, readme: Path) -> None:
    """Write what a user needs beside the engine's own files: symbols.json and README.md.

    Args:
        folder: Where they go.
        speller: Its letters and phones are written in the order of their ids, and how long an answer may be.
        readme: The text of README.md, whose snippet asks this engine.
    """
    symbols = {
        "letters": named_ids(speller.letters),
        "phones": named_ids(speller.phones),
        "max_length": speller.model.config.max_length,
    }
    (folder / "symbols.json").write_text(json.dumps(symbols, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    shutil.copyfile(readme, folder / "README.md")
