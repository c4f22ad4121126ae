"""The test part as a file: what a reader needs to measure a poet without the archive."""

from collections.abc import Sequence
from pathlib import Path

from transformer.poems.forms import Poem, form_of
from transformer.training.files import write_whole

TEST_PART = Path(__file__).with_name("pretrained") / "test.txt"


def save_poems(path: Path, poems: Sequence[Poem]) -> None:
    r"""Write poems, one a row, with a space between lines.

    Args:
        path: Where the file goes.
        poems: The poems.

    Raises:
        OSError: The file could not be written; an older one is untouched.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "poems.txt"
        >>> save_poems(path, [("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓")])
        >>> path.read_text(encoding="utf-8"), len(load_poems(path))
        ('白日依山盡 黃河入海流 欲窮千里目 更上一層樓\n', 1)
    """
    write_whole(path, "".join(" ".join(poem) + "\n" for poem in poems).encode())


def load_poems(path: Path) -> list[Poem]:
    """Read poems.

    Args:
        path: A file of ``save_poems``.

    Returns:
        The poems in the file's order.

    Raises:
        OSError: The file is not there, is a folder or may not be read.
        ValueError: It is no text, holds no poem, or a row is none of the four forms.
    """
    try:
        rows = path.read_bytes().decode().splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no text file ({error})") from error
    poems = [tuple(row.split()) for row in rows]
    for number, poem in enumerate(poems, start=1):
        if form_of(poem) is None:
            raise ValueError(f"{path}, line {number}: a poem of one of the four forms is expected, got {' '.join(poem)!r}")
    if not poems:
        raise ValueError(f"{path} holds no poem")
    return poems
