"""What a command needs before it begins: a folder, examples, words; each refused in the words of who typed it."""

import sys
from pathlib import Path

from transformer.spelling.cmudict import Dictionary, Pronunciation, read_entries
from transformer.spelling.speller import Speller
from transformer.spelling.vocabulary import Vocabulary
from transformer.training.batches import Example
from transformer.training.parallel import first_process


def check_folder(folder: Path, resume: bool, start_from: Path | None) -> None:
    """Refuse to begin a run where one is, and to go on where none is.

    A run that was stopped before its first checkpoint has a log or weights; ``--resume`` begins it anew.

    Args:
        folder: What ``--folder`` says.
        resume: Whether ``--resume`` is given.
        start_from: What ``--start-from`` says, if anything.

    Raises:
        NotADirectoryError: A file has this name.
        ValueError: ``resume`` does not fit what the folder holds, or ``start_from`` does not fit ``resume``.
    """
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"--folder {folder} is a file, and a folder is expected")
    checkpoint = (folder / "checkpoint.pt").exists()
    begun = [name for name in ("log.jsonl", "weights") if (folder / name).exists()]
    if not checkpoint and (folder / "model.safetensors").exists():
        raise ValueError(f"--folder {folder} holds model.safetensors and no checkpoint.pt: a run there would write over it")
    if (checkpoint or bool(begun)) != resume:
        problem = "holds no run to resume" if resume else "holds a run already: add --resume to go on with it"
        raise ValueError(f"--folder {folder} {problem}")
    if checkpoint and start_from:
        raise ValueError("--start-from cannot be given with --resume: the run in the folder has weights already")
    if resume and not checkpoint and first_process():
        weights = f"the weights of {start_from}" if start_from else "random weights"
        print(f"--folder {folder} holds no checkpoint yet: the run begins again at step 0, with {weights}", file=sys.stderr)


def check_lengths(dictionary: Path, words: Dictionary, max_length: int) -> None:
    """Refuse words and sounds that are too long for the model, by the line in which they stand.

    Args:
        dictionary: The file, for the message.
        words: What will be learned from it.
        max_length: What ``--max-length`` says.

    Raises:
        ValueError: Naming the first that is too long.
    """
    for word, sounds in words.items():
        for sound in sounds:
            # A sound gets an end.
            for what, length, most in (("letters", len(word), max_length), ("phones", len(sound), max_length - 1)):
                if length > most:
                    line = _line_of(dictionary, word, sound)
                    problem = f"{word!r} has {length} {what}, and --max-length {max_length} allows {most}"
                    raise ValueError(f"{dictionary}, line {line}: {problem}")


def _line_of(dictionary: Path, word: str, sound: Pronunciation) -> int:
    return next(number for number, *entry in read_entries(dictionary) if entry == [word, sound])


def make_examples(words: Dictionary, letters: Vocabulary, phones: Vocabulary) -> list[Example]:
    """Turn every pronunciation of every word into an example."""
    return [(letters.encode(word), phones.encode(sound)) for word, sounds in words.items() for sound in sounds]


def as_known(word: str, speller: Speller) -> str:
    """Return the word as it was typed if the model knows its letters; else in small letters, and say so.

    Args:
        word: What was typed.
        speller: Who shall say it.

    Returns:
        The word that is said.
    """
    small = word.lower()
    if small == word or set(word) <= set(speller.letters.symbols):
        return word
    print(f"{word!r} is read as {small!r}", file=sys.stderr)
    return small
