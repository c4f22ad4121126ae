"""The model for a page: its matrices in eight bits, in a script that a browser loads from a folder too."""

import base64
import json
from copy import deepcopy
from dataclasses import asdict

import torch
from torch import Tensor

from transformer.spelling.speller import Speller
from transformer.today.int8 import quantised

NAME = "packedSpeller"
"""The variable that the script sets."""


def packed(speller: Speller) -> str:
    """Write a model as a script that sets one variable.

    Args:
        speller: The model with its vocabularies.

    Returns:
        The script. It holds the config, the letters, the phones, the name and shape of each weight in their order, and as base64
        the numbers: int8 for the matrices, float32 for the step of each row and for the vectors.

    Raises:
        ValueError: The model is post-norm or ties its embeddings, which ``engine.js`` does not know.

    Example:
        >>> from transformer.spelling.speller import PRETRAINED
        >>> script = packed(Speller.load(PRETRAINED))
        >>> script[:30], len(script) < 3_700_000
        ('globalThis.packedSpeller = {"b', True)
    """
    config = speller.model.config
    if not config.norm_first or config.tie_embeddings:
        raise ValueError(
            f"speller must have norm_first = True and tie_embeddings = False, got {config.norm_first} and {config.tie_embeddings}"
        )
    shapes: list[tuple[str, int, int]] = []
    floats, bytes_ = bytearray(), bytearray()
    for name, weight in speller.model.state_dict().items():
        numbers, vector = quantised(weight) if weight.dim() == 2 else (weight.new_empty(len(weight), 0), weight)
        shapes.append((name, *numbers.shape))
        floats += _raw(vector.float())
        bytes_ += _raw(numbers.to(torch.int8))
    content = {
        "config": asdict(config),
        "letters": speller.letters.symbols,
        "phones": speller.phones.symbols,
        "weights": shapes,
        "floats": base64.b64encode(floats).decode(),
        "bytes": base64.b64encode(bytes_).decode(),
    }
    return f"globalThis.{NAME} = {json.dumps(content, sort_keys=True, separators=(',', ':'))};\n"


def rounded(speller: Speller) -> Speller:
    """Return the package's own model with the numbers that a page has: what ``engine.js`` must agree with.

    Args:
        speller: The model with its vocabularies; it stays as it is.

    Returns:
        A copy, each of whose matrices was rounded to eight bits and back.

    Example:
        >>> from transformer.spelling.speller import PRETRAINED
        >>> rounded(Speller.load(PRETRAINED)).say(["attention"])
        [('AH', 'T', 'EH', 'N', 'SH', 'AH', 'N')]
    """
    copy = deepcopy(speller)
    for weight in copy.model.state_dict().values():
        if weight.dim() == 2:
            numbers, step = quantised(weight)
            weight.copy_(numbers * step.unsqueeze(1))
    return copy


def _raw(values: Tensor) -> bytes:
    return values.numpy().astype(values.numpy().dtype.newbyteorder("<")).tobytes()
