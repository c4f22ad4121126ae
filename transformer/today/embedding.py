"""From token ids to vectors, and back: the tied output."""

from collections.abc import Callable

import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from transformer.checks import check_ids, check_positive_int, check_positive_number
from transformer.today.checks import check_slot


class Embedding(nn.Module):
    """Look up a vector for each token, scale it, and add one for its position if there is such a thing.

    The vectors are drawn with a standard deviation of 0.02, so that a model with a tied output begins with scores near 0.

    Args:
        vocab_size: Number of token ids.
        d_model: Width of each vector.
        positions: What makes the vectors that are added, from positions (batch or 1, length): a ``LearnedPositions``.
        scale: What a token's vector is multiplied by. Gemma has sqrt(d_model).
        norm: What the sum goes through; None leaves it.

    Raises:
        TypeError: A size is not an int, ``scale`` is not a number, or what stands in a slot cannot be called.
        ValueError: A size is below 1, or ``scale`` is not above 0.

    Source:
        Radford et al. 2019 (GPT-2) for the start; Press and Wolf 2017 for the tied output.

    Example:
        >>> import torch
        >>> embedding = Embedding(vocab_size=11, d_model=6)
        >>> x = embedding(torch.tensor([[1, 2, 3]]), torch.arange(3)[None])
        >>> x.shape, embedding.scores(x).shape
        (torch.Size([1, 3, 6]), torch.Size([1, 3, 11]))
    """

    def __init__(
        self,
        vocab_size: int,
        d_model: int,
        *,
        positions: Callable[[Tensor], Tensor] | None = None,
        scale: float = 1.0,
        norm: nn.Module | None = None,
    ) -> None:
        super().__init__()
        check_positive_int("vocab_size", vocab_size)
        check_positive_int("d_model", d_model)
        check_positive_number("scale", scale)
        if positions is not None:
            check_slot("positions", positions)
        self.vocab_size = vocab_size
        self.positions = positions
        self.scale = scale
        self.tokens = nn.Embedding(vocab_size, d_model)
        self.norm = norm or nn.Identity()
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the vectors anew."""
        nn.init.normal_(self.tokens.weight, std=0.02)

    def forward(
        self, tokens: Int[Tensor, "batch length"], positions: Int[Tensor, "#batch length"]
    ) -> Float[Tensor, "batch length d_model"]:
        """Embed token ids.

        Args:
            tokens: Ids of shape (batch, length), in [0, vocab_size).
            positions: Where each of them stands, (batch or 1, length).

        Returns:
            Vectors of shape (batch, length, d_model).

        Raises:
            TypeError: ``tokens`` is not a tensor of int64 or int32.
            ValueError: An id is outside the vocabulary, or a shape or device is wrong.
        """
        check_ids("tokens", tokens, self.vocab_size, self.tokens)
        x = self.tokens(tokens) * self.scale
        return self.norm(x if self.positions is None else x + self.positions(positions))

    def scores(self, x: Float[Tensor, "batch length d_model"]) -> Float[Tensor, "batch length vocab"]:
        """Score each token of the vocabulary by the product of its vector with ``x``: an output that is tied to the embedding."""
        return F.linear(x, self.tokens.weight)


def tied(embedding: Embedding) -> Callable[[Tensor], Tensor]:
    """Give a model the embedding's own vectors as its output."""
    return embedding.scores


def untied(embedding: Embedding) -> nn.Linear:
    """Give a model an output with weights of its own."""
    return nn.Linear(embedding.tokens.embedding_dim, embedding.vocab_size, bias=False)
