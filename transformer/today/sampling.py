"""From scores to tokens: a choice among them, and a loop."""

from collections.abc import Callable
from functools import partial

import torch
from jaxtyping import Float, Int
from torch import Tensor

from transformer.checks import check_id, check_positive_int
from transformer.decoding.evaluating import evaluating
from transformer.today.checks import check_prompt, check_slot
from transformer.today.model import LanguageModel
from transformer.today.score_rules import ScoreRule, ruled

Choice = Callable[[Tensor], Tensor]
"""From scores (batch, vocab) to one token for each row, (batch,)."""


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
        >>> from transformer.today.score_rules import temperature, top_p
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


def _drawn(scores: Tensor, *, generator: torch.Generator | None) -> Tensor:
    return scores.softmax(-1).multinomial(1, generator=generator).squeeze(1)
