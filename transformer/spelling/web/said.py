"""What a model says to a word, with the score of every sound and every attention weight: all that a page shows of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from transformer.decoding import greedy_decode
from transformer.multi_head import MultiHeadAttention
from transformer.spelling.speller import Speller
from transformer.spelling.vocabulary import END_ID, START_ID


@dataclass(frozen=True)
class Said:
    """A word and what greedy decoding made of it, step by step.

    Args:
        word: The word.
        tokens: The id that was said at each step, the end token among them.
        names: The same in words: the phones, and "end".
        logits: The scores of each step, (steps, vocab).
        encoder: Weights from letters to letters, (layers, heads, letters, letters).
        self: Weights from steps to what was said before them, the start token first, (layers, heads, steps, steps).
        cross: Weights from steps to letters, (layers, heads, steps, letters).
    """

    word: str
    tokens: tuple[int, ...]
    names: tuple[str, ...]
    logits: Float[Tensor, "steps vocab"]
    encoder: Float[Tensor, "layers heads letters letters"]
    self: Float[Tensor, "layers heads steps steps"]
    cross: Float[Tensor, "layers heads steps letters"]


def say_and_look(speller: Speller, word: str) -> Said:
    """Say a word greedily, then run the model once over what it said, and keep where it looked.

    Args:
        speller: The model with its vocabularies.
        word: A word of known letters, not too long.

    Returns:
        What the model says, in its own dtype.

    Raises:
        ValueError: The word is empty or too long, or has an unknown letter.

    Example:
        >>> from transformer.spelling.speller import PRETRAINED
        >>> said = say_and_look(Speller.load(PRETRAINED), "knight")
        >>> said.names, said.cross.shape
        (('N', 'AY', 'T', 'end'), torch.Size([3, 4, 4, 6]))
    """
    model, source = speller.model, torch.tensor([speller.letters.encode(word)])
    ids = {"start_id": START_ID, "end_id": END_ID, "max_length": model.config.max_length}
    tokens = greedy_decode(model, source, **ids)[0]
    kinds = {
        "encoder": [layer.self_attention for layer in model.encoder.layers],
        "self": [layer.self_attention for layer in model.decoder.layers],
        "cross": [layer.cross_attention for layer in model.decoder.layers],
    }
    target = torch.cat([torch.tensor([START_ID]), tokens[:-1]]).unsqueeze(0)
    with torch.no_grad(), _kept([part for parts in kinds.values() for part in parts]) as weights:
        logits = model(source, target)[0]
    looks = {kind: torch.stack([weights[part][0] for part in parts]) for kind, parts in kinds.items()}
    names = ("padding", "start", "end", *speller.phones.symbols)
    return Said(word, tuple(tokens.tolist()), tuple(names[token] for token in tokens.tolist()), logits, **looks)


@contextmanager
def _kept(parts: list[MultiHeadAttention]) -> Iterator[dict[nn.Module, Tensor]]:
    """Run each attention once more with its weights, whenever it runs."""
    found: dict[nn.Module, Tensor] = {}

    def keep(module: nn.Module, given: tuple[Tensor, ...], _: object) -> None:
        found[module] = type(module).forward(module, *given, need_weights=True)[1]

    hooks = [part.register_forward_hook(keep) for part in parts]
    try:
        yield found
    finally:
        for hook in hooks:
            hook.remove()
