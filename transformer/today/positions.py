"""Where a token stands: turned into its queries and keys, or added to its vector."""

import math
from collections.abc import Callable, Sequence
from functools import partial

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from transformer.checks import check_id_dtype, check_positive_int, check_tensor, known
from transformer.today.checks import check_slot

Turn = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""From the first and the second numbers of all pairs to the turned ones."""

Pairs = Callable[[Tensor, Turn], Tensor]
"""Takes the pairs out of heads (..., head_dim), turns them, and puts them back."""


def halves(x: Tensor, turn: Turn) -> Tensor:
    """Pair number i with number i + head_dim / 2, as Hugging Face's models do."""
    return torch.cat(turn(*x.chunk(2, dim=-1)), dim=-1)


def neighbours(x: Tensor, turn: Turn) -> Tensor:
    """Pair number 2i with number 2i + 1, as the paper and Meta's own Llama do."""
    return torch.stack(turn(x[..., 0::2], x[..., 1::2]), dim=-1).flatten(-2)


class Rotary(nn.Module):
    """Turn each pair of a head's numbers by an angle that grows with the position.

    It has no parameters and no buffers, so no change of dtype rounds its angles. They are computed in float32, or in float64 if
    the heads are.

    Args:
        frequencies: The angle from one position to the next, for each pair. With fewer pairs than a head has, the rest of its
            numbers stay as they are. Negative angles turn the other way.
        pairs: Which numbers make a pair: ``halves`` or ``neighbours``. Weights fit one of the two.

    Raises:
        TypeError: ``pairs`` is no function.
        ValueError: There is no frequency, or one is not a finite float.

    Source:
        Su et al. 2021 (RoFormer), section 3.4.2.

    Example:
        >>> heads = torch.tensor([1.0, 0.0]).expand(1, 1, 3, 2)  # the same at three positions
        >>> Rotary((math.pi / 2,))(heads, torch.tensor([[0, 1, 2]])).round()[0, 0]
        tensor([[ 1.,  0.],
                [-0.,  1.],
                [-1., -0.]])
    """

    def __init__(self, frequencies: Sequence[float], pairs: Pairs = halves) -> None:
        super().__init__()
        if not frequencies or not all(isinstance(one, float) and math.isfinite(one) for one in frequencies):
            raise ValueError(f"frequencies must be finite floats, at least one, got {frequencies}")
        check_slot("pairs", pairs)
        self.frequencies = tuple(frequencies)
        self.pairs = pairs

    def forward(
        self, x: Float[Tensor, "batch heads length head_dim"], positions: Int[Tensor, "#batch length"]
    ) -> Float[Tensor, "batch heads length head_dim"]:
        """Turn queries or keys.

        Args:
            x: Heads, (batch, heads, length, head_dim).
            positions: Where each token stands, (batch or 1, length).

        Returns:
            The turned heads, of the same shape and dtype.

        Raises:
            ValueError: A head has fewer numbers than two for each frequency.
        """
        width = 2 * len(self.frequencies)
        if x.shape[-1] < width:
            raise ValueError(f"x must have a head_dim of at least {width}, two for each frequency, got {x.shape[-1]}")
        wide = torch.promote_types(x.dtype, torch.float32)  # bfloat16 cannot tell position 256 from 257
        frequencies = torch.tensor(self.frequencies, dtype=wide, device=x.device)
        angle = positions[:, None, :, None] * frequencies  # (batch or 1, 1, length, pairs)
        cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
        turned = self.pairs(x[..., :width], partial(_turned, cos=cos, sin=sin))
        return turned if x.shape[-1] == width else torch.cat([turned, x[..., width:]], dim=-1)

    def extra_repr(self) -> str:
        """Show how many pairs turn, and how fast."""
        fast, slow = self.frequencies[0], self.frequencies[-1]
        return f"{len(self.frequencies)} pairs of {getattr(self.pairs, '__name__', self.pairs)}, from {fast:.4g} to {slow:.4g}"


def _turned(first: Tensor, second: Tensor, *, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor]:
    return first * cos - second * sin, second * cos + first * sin


class LearnedPositions(nn.Module):
    """Look up a learned vector for each position, which an ``Embedding`` adds to that of the token.

    Args:
        max_length: Number of positions.
        d_model: Width of the vectors.

    Raises:
        TypeError: A size is not an int.
        ValueError: A size is below 1.

    Source:
        Radford et al. 2019 (GPT-2), whose code starts them at a standard deviation of 0.02 or below.

    Example:
        >>> LearnedPositions(max_length=7, d_model=6)(torch.tensor([[0, 1, 2]])).shape
        torch.Size([1, 3, 6])
    """

    def __init__(self, max_length: int, d_model: int) -> None:
        super().__init__()
        check_positive_int("max_length", max_length)
        check_positive_int("d_model", d_model)
        self.max_length = max_length
        self.table = nn.Embedding(max_length, d_model)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the vectors anew."""
        nn.init.normal_(self.table.weight, std=0.02)

    def forward(self, positions: Int[Tensor, "rows length"]) -> Float[Tensor, "rows length d_model"]:
        """Look up the vectors; padding, below 0, gets that of position 0, and nobody sees it.

        Args:
            positions: Where each token stands, (batch or 1, length).

        Returns:
            Vectors of shape (batch or 1, length, d_model).

        Raises:
            TypeError: ``positions`` is not a tensor of int64 or int32.
            ValueError: A position is at ``max_length`` or beyond, or the shape is wrong.
        """
        check_id_dtype("positions", check_tensor("positions", positions, "batch, length"))
        if known((positions >= self.max_length).any(), False):
            raise ValueError(f"positions must be below max_length = {self.max_length}, got {int(positions.max())}")
        return self.table(positions.clamp(min=0))
