"""Rules that change scores before a token is chosen.

A rule takes scores (batch, vocab) and the tokens so far (batch, length), and returns scores. Rules are applied in the order in
which they are given; the usual order is penalties, temperature, then cuts.
"""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor

from transformer.checks import check_non_negative_number, check_positive_int, check_positive_number

ScoreRule = Callable[[Tensor, Tensor], Tensor]
"""From scores (batch, vocab) and tokens so far (batch, length) to scores. An id below 0 is padding."""


def ruled(scores: Tensor, tokens: Tensor, rules: Sequence[ScoreRule]) -> Tensor:
    """Apply rules in turn, in float32 or wider: sums of many small probabilities need its digits."""
    scores = scores.to(torch.promote_types(scores.dtype, torch.float32))
    for rule in rules:
        scores = rule(scores, tokens)
    return scores


def temperature(value: float) -> ScoreRule:
    """Divide the scores: below 1 the best tokens gain, above 1 they lose. The limit at 0 is ``greedy``.

    Args:
        value: The temperature.

    Returns:
        A rule.

    Raises:
        TypeError: ``value`` is not a number.
        ValueError: ``value`` is not above 0.

    Source:
        Hinton et al. 2015 (distillation), section 2, for the word.

    Example:
        >>> scores, tokens = torch.tensor([[2.0, 1.0, 0.0]]), torch.tensor([[0]])
        >>> temperature(0.5)(scores, tokens)
        tensor([[4., 2., 0.]])
    """
    check_positive_number("temperature", value)
    return partial(_divided, value=value)


def top_k(k: int) -> ScoreRule:
    """Keep the ``k`` best tokens. Of tokens that tie at the last place, some are kept and some are not.

    Args:
        k: How many; all, if there are not more.

    Returns:
        A rule that gives the others a score of minus infinity.

    Raises:
        TypeError: ``k`` is not an int.
        ValueError: ``k`` is below 1.

    Source:
        Fan et al. 2018, section 5.4.

    Example:
        >>> top_k(2)(torch.tensor([[2.0, 1.0, 0.0]]), torch.tensor([[0]]))
        tensor([[2., 1., -inf]])
    """
    check_positive_int("k", k)
    return partial(_best, k=k)


def top_p(p: float) -> ScoreRule:
    """Keep the fewest tokens that have a probability of ``p`` together: the one that crosses ``p`` is among them.

    Args:
        p: The probability, above 0 and at most 1.

    Returns:
        A rule that gives the others a score of minus infinity.

    Raises:
        TypeError: ``p`` is not a number.
        ValueError: ``p`` is out of range.

    Source:
        Holtzman et al. 2019, section 3.1.

    Example:
        >>> scores = torch.tensor([[0.5, 0.3, 0.2]]).log()
        >>> top_p(0.6)(scores, torch.tensor([[0]])).exp()
        tensor([[0.5000, 0.3000, 0.0000]])
    """
    check_positive_number("p", p)
    if p > 1:
        raise ValueError(f"p must be at most 1, got {p}")
    return partial(_nucleus, p=p)


def repetition_penalty(value: float) -> ScoreRule:
    """Make tokens that have occurred less likely: a score above 0 is divided, one below 0 multiplied.

    Args:
        value: The factor; 1 changes nothing.

    Returns:
        A rule.

    Raises:
        TypeError: ``value`` is not a number.
        ValueError: ``value`` is not above 0.

    Source:
        Keskar et al. 2019 (CTRL), section 4.1, but for the sign, which the formula there forgets.

    Example:
        >>> repetition_penalty(2.0)(torch.tensor([[4.0, -1.0, 3.0]]), torch.tensor([[0, 1]]))
        tensor([[ 2., -2.,  3.]])
    """
    check_positive_number("repetition_penalty", value)
    return partial(_repeated, value=value)


def presence_penalty(value: float) -> ScoreRule:
    """Take a number off the score of each token that has occurred, however often.

    Args:
        value: The number; 0 changes nothing.

    Returns:
        A rule.

    Raises:
        TypeError: ``value`` is not a number.
        ValueError: ``value`` is below 0.

    Source:
        The interface of OpenAI, which names it so.

    Example:
        >>> presence_penalty(0.5)(torch.tensor([[4.0, 1.0, 3.0]]), torch.tensor([[0, 0]]))
        tensor([[3.5000, 1.0000, 3.0000]])
    """
    check_non_negative_number("presence_penalty", value)
    return partial(_present, value=value)


# Named functions and partial, no closures: a rule can be pickled, and says in its repr what it is.


def _divided(scores: Tensor, tokens: Tensor, *, value: float) -> Tensor:  # noqa: ARG001
    return scores / value


def _best(scores: Tensor, tokens: Tensor, *, k: int) -> Tensor:  # noqa: ARG001
    best = scores.topk(min(k, scores.shape[-1])).indices
    return torch.full_like(scores, -torch.inf).scatter(-1, best, scores.gather(-1, best))


def _nucleus(scores: Tensor, tokens: Tensor, *, p: float) -> Tensor:  # noqa: ARG001
    ordered, order = scores.softmax(-1).sort(descending=True, stable=True)
    rest = ordered.flip(-1).cumsum(-1).flip(-1)  # a token and those after it; from the smallest on, which loses no digits
    spare = (rest <= 1 - p) & (torch.arange(rest.shape[-1], device=rest.device) > 0)  # those before it suffice
    return scores.masked_fill(spare.scatter(-1, order, spare), -torch.inf)


def _repeated(scores: Tensor, tokens: Tensor, *, value: float) -> Tensor:
    return torch.where(_seen(scores, tokens), torch.where(scores > 0, scores / value, scores * value), scores)


def _present(scores: Tensor, tokens: Tensor, *, value: float) -> Tensor:
    return scores - value * _seen(scores, tokens).to(scores.dtype)


def _seen(scores: Tensor, tokens: Tensor) -> Tensor:
    counted = torch.zeros(scores.shape[0], scores.shape[1] + 1, dtype=torch.bool, device=scores.device)
    return counted.scatter(1, tokens.long() + 1, True)[:, 1:]  # padding, -1, falls into the column that is cut off
