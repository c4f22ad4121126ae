"""A decoder's cache that is a tensor outside: a file of the format ONNX computes, and keeps nothing from one call to the next."""

from collections.abc import Callable

import torch
from torch import Tensor

from transformer.cache import DecoderCache, Memory, Pair, Past


class TensorPast(Past):
    """The keys and values of the tokens so far, which those of the newest token join.

    Args:
        content: (2, words, heads, tokens, d_k).
    """

    def __init__(self, content: Tensor) -> None:
        super().__init__(max_length=1)  # what is not called on: no slabs are written
        self.content = content

    def __call__(self, project: Callable[[], Pair], _mask: Tensor | None) -> tuple[Tensor, Tensor, bool]:
        """Let the newest keys and values join the others, and give all of them."""
        self.content = torch.cat([self.content, torch.stack(project())], dim=3)
        return self.content[0], self.content[1], False  # no token is hidden, so nothing must be taken out


class TensorMemory(Memory):
    """The keys and values of the source.

    Args:
        content: (2, words, heads, letters, d_k).
    """

    def __init__(self, content: Tensor) -> None:
        super().__init__()
        self.content = content

    def __call__(self, _project: Callable[[], Pair], _mask: Tensor | None) -> tuple[Tensor, Tensor, bool]:
        """Give what was made before, and project nothing."""
        return self.content[0], self.content[1], False  # trained weights are finite, and a word has a letter


class TensorCache(DecoderCache):
    """What every layer keeps, given and taken as one tensor.

    Args:
        past: Keys and values of the tokens so far, (layers, 2, words, heads, tokens, d_k).
        memory: Those of the source, (layers, 2, words, heads, letters, d_k).
    """

    def __init__(self, past: Tensor, memory: Tensor) -> None:
        super().__init__(max_length=1)
        self.pasts = [TensorPast(layer) for layer in past.unbind(0)]
        for index, layer in enumerate(memory.unbind(0)):
            self.layers[index].past, self.layers[index].memory = self.pasts[index], TensorMemory(layer)

    def stacked(self) -> Tensor:
        """Give the past with the newest token in it."""
        return torch.stack([past.content for past in self.pasts])
