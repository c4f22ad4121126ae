"""The beginning of a run: random weights, or those of a model that was trained before."""

from dataclasses import asdict
from pathlib import Path

from transformer.model import Transformer
from transformer.spelling.evaluate import digest_of
from transformer.spelling.speller import Speller
from transformer.spelling.vocabulary import Vocabulary
from transformer.training.weights import load_weights, read_notes

MAY_DIFFER = ("dropout", "max_length")  # no weight depends on them


def start_from(path: Path, model: Transformer, letters: Vocabulary, phones: Vocabulary) -> dict[str, str]:
    """Fill a model with the weights of a trained one, if they mean the same there.

    Args:
        path: The file ``model.safetensors`` of a run.
        model: Its parameters get the file's values.
        letters: The vocabulary of the words that the model will learn.
        phones: The vocabulary of their sounds.

    Returns:
        Where the weights come from: the file's SHA-256, and its notes about the run that made it.

    Raises:
        OSError: The file is not there, is a folder or may not be read.
        ValueError: The file is damaged, or is no model of this package; or its settings or vocabularies are others, so that the
            same weights would mean something else.
    """
    trained = Speller.load(path)
    theirs = asdict(trained.model.config)
    for name, value in asdict(model.config).items():
        if name not in MAY_DIFFER and theirs[name] != value:
            raise ValueError(f"--start-from {path} has {name} = {theirs[name]}, and the new model would have {value}")
    for name, ours, other in (("letters", letters, trained.letters), ("phones", phones, trained.phones)):
        if ours.symbols != other.symbols:
            different = min(set(ours.symbols) ^ set(other.symbols))
            raise ValueError(f"--start-from {path} has other {name} than the dictionary: only one of them has {different!r}")
    load_weights(path, model)
    notes = sorted(read_notes(path).items())  # they are read in an order of chance
    return {"sha256": digest_of(path), **{name: note for name, note in notes if name not in ("letters", "phones")}}
