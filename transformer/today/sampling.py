"""From scores to tokens: rules that change scores, a choice among them, and a loop.

A rule takes scores (batch, vocab) and the tokens so far (batch, length), and returns scores. Rules are applied in the order in
which they are given; the usual order is penalties, temperature, then cuts.
"""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from jaxtyping import Float, Int
from torch import Tensor

from transformer.checks import check_id, check_non_negative_number, check_positive_int, check_positive_number
from transformer.decoding.evaluating import evaluating
from transformer.today.checks import check_prompt, check_slot
from transformer.today.model import LanguageModel

ScoreRule = Callable[[Tensor, Tensor], Tensor]
"""From scores (batch, vocab) and tokens so far (batch, length) to scores. An id below 0 is padding."""

Choice = Callable[[Tensor], Tensor]
"""From scores (batch, vocab) to one token for each row, (batch,)."""


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


def greedy(scores: Float[Tensor, "batch vocab"]) -> Int[Tensor, " batch"]:
    """Choose the token with the highest score."""
    return scores.argmax(dim=-1)


def sampled(generator: torch.Generator | None = None) -> Choice:
    """Choose at random, each token with the probability that the softmax of the scores gives it.

    Args:
        generator: Where random numbers come from; torch's own if None.

    Returns:
        A choice, for ``generate``.

    Source:
        Vaswani et al. 2017, section 3.4, for the softmax.

    Example:
        >>> sampled(torch.Generator().manual_seed(0))(torch.tensor([[0.0, -torch.inf]]))
        tensor([0])
    """
    return partial(_drawn, generator=generator)


def generate(
    model: LanguageModel,
    tokens: Int[Tensor, "batch length"],
    *rules: ScoreRule,
    max_new_tokens: int,
    choose: Choice = greedy,
    end_id: int | None = None,
    padding: Int[Tensor, " batch"] | None = None,
) -> Int[Tensor, "batch new"]:
    """Let a model go on from a prompt, token by token. It runs in eval mode and is given back as it came.

    Args:
        model: The model that scores.
        tokens: The prompts, (batch, length), at least one token each.
        rules: What changes the scores, in this order.
        max_new_tokens: The most tokens to make for a row.
        choose: What chooses among the scores: ``greedy``, or ``sampled()``.
        end_id: The id that ends a text; a row that has ended goes on with it. None ends nothing.
        padding: How many tokens of padding each prompt begins with, (batch,). None means none.

    Returns:
        The new tokens, (batch, new): ``max_new_tokens`` of them, or as many as it took until all rows had ended.

    Raises:
        TypeError: An argument has the wrong type or dtype.
        ValueError: An argument is out of range.

    Source:
        Radford et al. 2019 (GPT-2), section 3.

    Example:
        >>> from transformer.today.families import Sizes, llama
        >>> model = llama(Sizes(vocab_size=11, d_model=12, num_layers=2, num_heads=6, num_kv_heads=2, head_dim=4, d_ff=17))
        >>> prompt = torch.tensor([[4, 5, 6]])
        >>> generate(model, prompt, temperature(0.7), top_p(0.9), max_new_tokens=5, choose=sampled()).shape
        torch.Size([1, 5])
    """
    if not isinstance(model, LanguageModel):
        raise TypeError(f"model must be a LanguageModel, got {type(model).__name__}")
    prompt = check_prompt(tokens, padding)
    check_positive_int("max_new_tokens", max_new_tokens)
    for name, slot in (("choose", choose), *(("rules", rule) for rule in rules)):
        check_slot(name, slot)
    cache, newest, history = model.cache(padding=padding), prompt, prompt
    if padding is not None:  # what the rules see of it is no token
        history = prompt.masked_fill(torch.arange(prompt.shape[1], device=prompt.device) < padding.unsqueeze(1), -1)
    going = torch.ones(len(prompt), dtype=torch.bool, device=prompt.device)
    with evaluating(model):
        for step in range(max_new_tokens):
            scores = ruled(model(newest, cache)[:, -1], history, rules)
            if end_id is not None and step == 0:
                check_id("end_id", end_id, scores.shape[-1])
            chosen = choose(scores).to(prompt.dtype)
            if end_id is not None:
                chosen = torch.where(going, chosen, end_id)
                going = going & (chosen != end_id)
            newest = chosen.unsqueeze(1)
            history = torch.cat([history, newest], dim=1)
            if not going.any():
                break
    return history[:, prompt.shape[1] :]


def ruled(scores: Tensor, tokens: Tensor, rules: Sequence[ScoreRule]) -> Tensor:
    """Apply rules in turn, in float32 or wider: sums of many small probabilities need its digits."""
    scores = scores.to(torch.promote_types(scores.dtype, torch.float32))
    for rule in rules:
        scores = rule(scores, tokens)
    return scores


# Named functions and partial, no closures: a rule can be pickled, and says in its repr what it is.


def _divided(scores: Tensor, tokens: Tensor, *, value: float) -> Tensor:  # noqa: ARG001
    return scores / value


def _best(scores: Tensor, tokens: Tensor, *, k: int) -> Tensor:  # noqa: ARG001
    best = scores.topk(min(k, scores.shape[-1])).indices
    return torch.full_like(scores, -torch.inf).scatter(-1, best, scores.gather(-1, best))


def _nucleus(scores: Tensor, tokens: Tensor, *, p: float) -> Tensor:  # noqa: ARG001
    ordered, order = scores.softmax(-1).sort(descending=True, stable=True)
    spare = ordered.cumsum(-1) - ordered >= p  # those before it suffice
    return scores.masked_fill(spare.scatter(-1, order, spare), -torch.inf)


def _repeated(scores: Tensor, tokens: Tensor, *, value: float) -> Tensor:
    return torch.where(_seen(scores, tokens), torch.where(scores > 0, scores / value, scores * value), scores)


def _present(scores: Tensor, tokens: Tensor, *, value: float) -> Tensor:
    return scores - value * _seen(scores, tokens).to(scores.dtype)


def _seen(scores: Tensor, tokens: Tensor) -> Tensor:
    counted = torch.zeros(scores.shape[0], scores.shape[1] + 1, dtype=torch.bool, device=scores.device)
    return counted.scatter(1, tokens.long() + 1, True)[:, 1:]  # padding, -1, falls into the column that is cut off


def _drawn(scores: Tensor, *, generator: torch.Generator | None) -> Tensor:
    return scores.softmax(-1).multinomial(1, generator=generator).squeeze(1)
