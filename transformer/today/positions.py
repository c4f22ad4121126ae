"""Where a token stands: turned into its queries and keys, or added to its vector.

How fast each pair of numbers turns is a value, a tuple of numbers. What stretches a model to longer texts, and what turns it the
other way, makes other such tuples.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from transformer.checks import check_id_dtype, check_positive_int, check_positive_number, check_tensor, known
from transformer.today.checks import check_slot

Frequencies = tuple[float, ...]
"""For each pair of a head's numbers the angle, in radians, by which it turns from one position to the next."""

Turn = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""From the first and the second numbers of all pairs to the turned ones."""

Pairs = Callable[[Tensor, Turn], Tensor]
"""Takes the pairs out of heads (..., head_dim), turns them, and puts them back."""


def rotary_frequencies(head_dim: int, base: float = 10_000.0) -> Frequencies:
    """List the angles of rotary positions: base^(-2i / head_dim) for pair i.

    Args:
        head_dim: How many numbers of a head are turned; even.
        base: The larger, the slower the slow pairs turn. Llama 3 has 500,000.

    Returns:
        One angle for each of the head_dim / 2 pairs, from fast to slow.

    Raises:
        TypeError: ``head_dim`` is not an int, or ``base`` not a number.
        ValueError: ``head_dim`` is odd or below 2, or ``base`` is not above 0.

    Source:
        Su et al. 2021 (RoFormer), section 3.2.2.

    Example:
        >>> rotary_frequencies(4)
        (1.0, 0.01)
    """
    if check_positive_int("head_dim", head_dim) % 2:
        raise ValueError(f"head_dim must be even, since numbers turn in pairs, got {head_dim}")
    check_positive_number("base", base)
    return tuple(float(base) ** (-2 * pair / head_dim) for pair in range(head_dim // 2))


def interpolated(frequencies: Sequence[float], factor: float) -> Frequencies:
    """Slow every pair down, which is the same as dividing the positions: a text ``factor`` times as long fits the old angles.

    Args:
        frequencies: Angles, as ``rotary_frequencies`` lists them.
        factor: How many times as long.

    Returns:
        The angles, each divided by ``factor``.

    Raises:
        TypeError: ``factor`` is not a number.
        ValueError: ``factor`` is not above 0.

    Source:
        Chen et al. 2023 (position interpolation), section 3.2.

    Example:
        >>> interpolated((1.0, 0.5), 2.0)
        (0.5, 0.25)
    """
    check_positive_number("factor", factor)
    return tuple(frequency / factor for frequency in frequencies)


def ntk_base(base: float, factor: float, head_dim: int) -> float:
    """Make the base with which the slowest pair turns ``factor`` times as slowly, and the fastest as before.

    Args:
        base: The old base.
        factor: How many times as long the texts become.
        head_dim: How many numbers of a head are turned; even, at least 4.

    Returns:
        base * factor^(head_dim / (head_dim - 2)), for ``rotary_frequencies``.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: An argument is out of range.

    Source:
        Peng et al. 2023 (YaRN), section 3.1, "NTK-aware" interpolation.

    Example:
        >>> rotary_frequencies(4, ntk_base(100.0, 8.0, head_dim=4))  # the slow pair turned by 0.1
        (1.0, 0.0125)
    """
    check_positive_number("base", base)
    check_positive_number("factor", factor)
    if check_positive_int("head_dim", head_dim) < 4 or head_dim % 2:
        raise ValueError(f"head_dim must be even and at least 4, got {head_dim}")
    return float(base * factor ** (head_dim / (head_dim - 2)))


def llama3_frequencies(
    frequencies: Sequence[float], *, factor: float, low: float, high: float, original_length: int
) -> Frequencies:
    """Slow down the pairs that made less than ``low`` turns over the old length, leave those with more than ``high``.

    Args:
        frequencies: Angles, as ``rotary_frequencies`` lists them.
        factor: By how much the slow pairs are slowed down.
        low: Turns over the old length below which a pair is slow.
        high: Turns over the old length above which a pair is fast. Between the two the change is gradual.
        original_length: The length of the texts that the model was first trained on, in tokens.

    Returns:
        The new angles.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: A number is not above 0, or ``low`` is not below ``high``.

    Source:
        Grattafiori et al. 2024 (Llama 3) say that the base was changed; the rule stands in the code of Llama 3.1.

    Example:
        >>> llama3_frequencies((1.0, 0.001), factor=8.0, low=1.0, high=4.0, original_length=100)
        (1.0, 0.000125)
    """
    for name, value in (("factor", factor), ("low", low), ("high", high)):
        check_positive_number(name, value)
    check_positive_int("original_length", original_length)
    if low >= high:
        raise ValueError(f"low must be below high, got {low} and {high}")

    def slowed(frequency: float) -> float:
        turns = original_length * abs(frequency) / (2 * math.pi)
        kept = min(max((turns - low) / (high - low), 0.0), 1.0)
        return frequency * (kept + (1 - kept) / factor)

    return tuple(map(slowed, frequencies))


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
