"""Token embedding: from ids to vectors."""

import math

from jaxtyping import Float, Int
from torch import Tensor, nn

from transformer.checks import check_ids, check_positive_int


class TokenEmbedding(nn.Module):
    """Look up a vector for each token id and scale it by sqrt(d_model).

    The vectors are drawn with standard deviation 1 / sqrt(d_model), so that the scaled ones have variance 1, like the
    positions that are added to them.

    Args:
        vocab_size: Number of token ids.
        d_model: Width of each vector.

    Raises:
        TypeError: A size is not an int.
        ValueError: A size is below 1.

    Source:
        Vaswani et al. 2017, section 3.4.

    Example:
        >>> import torch
        >>> TokenEmbedding(vocab_size=11, d_model=6)(torch.tensor([[1, 2, 3]])).shape
        torch.Size([1, 3, 6])
    """

    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        check_positive_int("vocab_size", vocab_size)
        check_positive_int("d_model", d_model)
        self.vocab_size = vocab_size
        self.d_model = d_model
        self.embedding = nn.Embedding(vocab_size, d_model)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the vectors anew."""
        nn.init.normal_(self.embedding.weight, std=self.d_model**-0.5)

    def forward(self, tokens: Int[Tensor, "batch length"]) -> Float[Tensor, "batch length d_model"]:
        """Embed token ids.

        Args:
            tokens: Ids of shape (batch, length), in [0, vocab_size).

        Returns:
            Vectors of shape (batch, length, d_model).

        Raises:
            TypeError: ``tokens`` is not a tensor of int64 or int32.
            ValueError: An id is outside the vocabulary, or the shape or device is wrong.
        """
        check_ids("tokens", tokens, self.vocab_size, self.embedding)
        return self.embedding(tokens) * math.sqrt(self.d_model)
