"""Decoding: from scores to a sequence of tokens."""

import torch
from jaxtyping import Int
from torch import Tensor

from transformer.checks import check_id, check_positive_int
from transformer.model import Transformer


def greedy_decode(
    model: Transformer, source: Int[Tensor, "batch source"], *, start_id: int, end_id: int, max_length: int
) -> Int[Tensor, "batch target"]:
    """Take the best-scored token at every step, never padding, until each item has ended or ``max_length`` tokens are made.

    The model runs in eval mode and is given back as it came, each of its modules in its own mode.

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
    if not isinstance(model, Transformer):
        raise TypeError(f"model must be a Transformer, got {type(model).__name__}")
    config = model.config
    check_id("start_id", start_id, config.target_vocab_size)
    check_id("end_id", end_id, config.target_vocab_size)
    for name, token_id in (("start_id", start_id), ("end_id", end_id)):
        if token_id == config.pad_id:
            raise ValueError(f"{name} must not be the padding's id {config.pad_id}")
    check_positive_int("max_length", max_length)
    if max_length > config.max_length:
        raise ValueError(f"max_length must be at most the model's max_length = {config.max_length}, got {max_length}")
    training = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            memory = model.encode(source)
            target = source.new_full((source.shape[0], 1), start_id)
            ended = torch.zeros(source.shape[0], dtype=torch.bool, device=source.device)
            for _ in range(max_length):
                scores = model.decode(target, memory, source)[:, -1]  # (batch, vocab)
                scores[:, config.pad_id] = -torch.inf  # padding is no answer
                best = scores.argmax(dim=-1).to(source.dtype).masked_fill(ended, config.pad_id)
                target = torch.cat([target, best.unsqueeze(1)], dim=1)
                ended = ended | (best == end_id)
                if ended.all():
                    break
    finally:
        for module, mode in training:
            module.training = mode
    return target[:, 1:]
