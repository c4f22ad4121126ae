"""How fast pairs of numbers turn from one position to the next: a value, a tuple of angles.

What stretches a model to longer texts makes another such tuple, and so does what turns it the other way.
"""

import math
from collections.abc import Sequence

from transformer.checks import check_positive_int, check_positive_number

Frequencies = tuple[float, ...]
"""For each pair of a head's numbers the angle, in radians, by which it turns from one position to the next."""


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
