"""Greedy decoding: from scores to a sequence of tokens."""

import torch
from jaxtyping import Int
from torch import Tensor

from transformer.decoding.checks import check_decoding
from transformer.decoding.evaluating import evaluating
from transformer.decoding.incremental import IncrementalDecoder
from transformer.model import Transformer


def greedy_decode(
    model: Transformer, source: Int[Tensor, "batch source"], *, start_id: int, end_id: int, max_length: int
) -> Int[Tensor, "batch target"]:
    """Take the best-scored token at every step, never padding, until each item has ended or ``max_length`` tokens are made.

    Keys and values are cached, and an item that has ended costs nothing further. The model runs in eval mode and is given back as
    it came, each of its modules in its own mode.

    Args:
        model: The model that scores.
        source: Token ids of shape (batch, source length).
        start_id: The id that begins every target.
        end_id: The id that ends a target.
        max_length: The most tokens to make for an item, the end token among them.

    Returns:
        Ids of shape (batch, length), without the start token, with ``model.config.pad_id`` after an item's end. Length is at most
        ``max_length``.

    Raises:
        TypeError: An argument has the wrong type or dtype.
        ValueError: An id is outside its vocabulary or is the padding's, or ``max_length`` is above the model's.

    Source:
        The paper decodes with a beam (Vaswani et al. 2017, section 6.1); this is the beam of one.

    Example:
        >>> from transformer import TransformerConfig
        >>> model = Transformer(TransformerConfig(11, 13, d_model=6, num_heads=3, num_layers=2, d_ff=7))
        >>> tokens = greedy_decode(model, torch.tensor([[4, 5, 0]]), start_id=1, end_id=2, max_length=3)
        >>> tokens.shape[1] <= 3
        True
    """
    check_decoding(model, start_id, end_id, max_length)
    with evaluating(model):
        decoder = IncrementalDecoder(model, source, beams=1, max_length=max_length)
        output = source.new_full((source.shape[0], max_length), model.config.pad_id)
        going = torch.arange(source.shape[0], device=source.device)  # the items that have not ended
        tokens = source.new_full((source.shape[0],), start_id)
        for step in range(max_length):
            scores = decoder.step(tokens)  # (items, vocab)
            scores[:, model.config.pad_id] = -torch.inf  # padding is no answer
            tokens = scores.argmax(dim=-1).to(source.dtype)
            output[going, step] = tokens
            left = (tokens != end_id).nonzero().squeeze(1)
            if left.numel() < going.numel():
                decoder.keep_items(left)
            going, tokens = going[left], tokens[left]
            if going.numel() == 0:
                break
    return output[:, : step + 1]
