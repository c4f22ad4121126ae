"""What a decoder that reads token by token keeps, written down after each step."""

from collections.abc import Callable

from torch import Tensor

from transformer.cache import Pair, Past
from transformer.decoding.incremental import IncrementalDecoder
from transformer.model import Transformer


def kept_at_each_step(model: Transformer, source: Tensor, target: Tensor, *, layer: int = 0) -> list[Pair]:
    """Run the incremental decoder, and write down the keys and values that one self-attention holds after each step.

    Args:
        model: The model, in eval mode.
        source: Token ids of shape (batch, source length).
        target: Token ids of shape (batch, target length), the start token first.
        layer: Which layer of the decoder, counted from 0.

    Returns:
        For each token of the target the keys and values, each (batch, heads, tokens read, d_k).

    Raises:
        ValueError: There is no such layer, or a module of the model cannot work with a cache.

    Example:
        >>> import torch
        >>> from transformer import TransformerConfig
        >>> model = Transformer(TransformerConfig(11, 13, d_model=6, num_heads=3, num_layers=2, d_ff=7)).eval()
        >>> steps = kept_at_each_step(model, torch.tensor([[4, 5]]), torch.tensor([[1, 7, 9]]))
        >>> [tuple(keys.shape) for keys, values in steps]
        [(1, 3, 1, 2), (1, 3, 2, 2), (1, 3, 3, 2)]
    """
    if not 0 <= layer < len(model.decoder.layers):
        raise ValueError(f"layer must be one of the decoder's {len(model.decoder.layers)}, got {layer}")
    decoder = IncrementalDecoder(model, source, beams=1, max_length=target.shape[1])
    if decoder.cache is None:
        raise ValueError("model must be able to work with a cache, got one with a module that needs the whole target")
    past = decoder.cache.layers[layer].past = _Watched(target.shape[1])
    for tokens in target.unbind(1):
        decoder.step(tokens)
    return past.held


class _Watched(Past):
    """Writes down what it holds: copies, since later steps write to the same memory."""

    def __init__(self, max_length: int) -> None:
        super().__init__(max_length)
        self.held: list[Pair] = []

    def __call__(self, project: Callable[[], Pair], mask: Tensor | None) -> tuple[Tensor, Tensor, bool]:
        key, value, careful = super().__call__(project, mask)
        self.held.append((key.clone(), value.clone()))
        return key, value, careful
