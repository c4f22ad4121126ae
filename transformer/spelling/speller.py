"""A trained model with its two vocabularies: words in, sounds out."""

import json
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path

from torch import Tensor

from transformer.checks import check_positive_int
from transformer.config import TransformerConfig
from transformer.decoding import greedy_decode
from transformer.decoding.beam import beam_search
from transformer.model import Transformer
from transformer.spelling.cmudict import Pronunciation
from transformer.spelling.vocabulary import END_ID, PAD_ID, START_ID, Vocabulary
from transformer.training.batches import pad_examples
from transformer.training.weights import load_weights, read_notes

PRETRAINED = Path(__file__).with_name("pretrained") / "model.safetensors"


class Speller:
    """Say how words sound.

    Args:
        model: The trained model.
        letters: The vocabulary of the words.
        phones: The vocabulary of the sounds.

    Example:
        >>> Speller.load(PRETRAINED).say(["transformer"])
        [('T', 'R', 'AE', 'N', 'S', 'F', 'AO', 'R', 'M', 'ER')]
    """

    def __init__(self, model: Transformer, letters: Vocabulary, phones: Vocabulary) -> None:
        self.model = model.eval()
        self.letters = letters
        self.phones = phones

    @classmethod
    def load(cls, path: Path) -> "Speller":
        """Read a model that ``python -m transformer train`` wrote.

        Args:
            path: The file ``model.safetensors`` of a run.

        Returns:
            The speller, in float32 on the CPU.

        Raises:
            OSError: The file is not there, is a folder or may not be read.
            ValueError: The file is damaged, or was not written by a training run of this package.
        """
        notes = read_notes(path)
        try:
            config = TransformerConfig(**json.loads(notes["config"]))
            letters, phones = (Vocabulary(tuple(json.loads(notes[name]))) for name in ("letters", "phones"))
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            known = ", ".join(field.name for field in fields(TransformerConfig))
            raise ValueError(f"{path} must tell the model's config ({known}), letters and phones, got {sorted(notes)}") from error
        model = Transformer(config)
        load_weights(path, model)
        return cls(model, letters, phones)

    def say(self, words: Sequence[str], *, batch_size: int = 256) -> list[Pronunciation]:
        """Give each word the sound that greedy decoding finds.

        Args:
            words: Words of known letters.
            batch_size: How many are decoded at once.

        Returns:
            A pronunciation for each word; an empty one if what the model says is none.

        Raises:
            ValueError: A word is empty or too long, or has an unknown letter.
        """
        found = self._decode(words, batch_size, lambda source, ids: greedy_decode(self.model, source, **ids).unsqueeze(1))
        return [pronunciations[0] for pronunciations in found]

    def suggest(
        self, words: Sequence[str], *, beam_size: int = 5, length_penalty: float = 0.6, n_best: int = 1, batch_size: int = 256
    ) -> list[list[Pronunciation]]:
        """Give each word the ``n_best`` sounds that beam search finds, the best first.

        Args:
            words: Words of known letters.
            beam_size: How many beginnings are followed.
            length_penalty: See ``beam_search``.
            n_best: How many sounds for each word.
            batch_size: How many words are decoded at once.

        Returns:
            Pronunciations for each word. There may be fewer than ``n_best``: what is empty, or holds a second start, is none.
            If nothing is left, there is an empty one.

        Raises:
            TypeError: A number has the wrong type.
            ValueError: A word is empty or too long, or has an unknown letter; or a number is out of range.
        """

        def search(source: Tensor, ids: dict[str, int]) -> Tensor:
            size = {"beam_size": beam_size, "n_best": n_best}
            return beam_search(self.model, source, **ids, **size, length_penalty=length_penalty)[0]

        return self._decode(words, batch_size, search)

    def _decode(
        self, words: Sequence[str], batch_size: int, decode: Callable[[Tensor, dict[str, int]], Tensor]
    ) -> list[list[Pronunciation]]:
        check_positive_int("batch_size", batch_size)
        longest = self.model.config.max_length
        for word in words:
            if not 1 <= len(word) <= longest:
                raise ValueError(f"words must have 1 to {longest} letters, got {word!r} with {len(word)}")
        sources = [self.letters.encode(word) for word in words]
        found: list[list[Pronunciation]] = [[] for _ in words]
        order = sorted(range(len(words)), key=lambda i: len(words[i]))  # like lengths together: little padding
        ids = {"start_id": START_ID, "end_id": END_ID, "max_length": longest}
        for first in range(0, len(words), batch_size):
            rows = order[first : first + batch_size]
            source, _ = pad_examples([(sources[i], ()) for i in rows], pad_id=PAD_ID, start_id=START_ID, end_id=END_ID)
            for i, answers in zip(rows, decode(source, ids).tolist(), strict=True):
                sounds = [self.phones.decode(answer) for answer in answers if START_ID not in answer]
                found[i] = [sound for sound in sounds if sound] or [()]
        return found
