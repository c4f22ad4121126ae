"""Speculative sampling: a small model proposes several tokens, the large one reads them at once and accepts or corrects.

What comes out has the distribution of the large model, whatever the small one proposes.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from transformer.checks import check_positive_int
from transformer.decoding.evaluating import evaluating
from transformer.today.checks import check_prompt
from transformer.today.model import LanguageModel
from transformer.today.score_rules import ScoreRule, ruled


def accept(
    drafted: Int[Tensor, "rows drafts"],
    draft: Float[Tensor, "rows drafts vocab"],
    target: Float[Tensor, "rows drafts+1 vocab"],
    *,
    generator: torch.Generator | None = None,
) -> tuple[Int[Tensor, " rows"], Int[Tensor, " rows"]]:
    """Decide how many drafted tokens stay, and which token follows them.

    A token x that was drawn from q stays with probability min(1, p(x) / q(x)). The first that does not is replaced by one drawn
    from what q had too little of, max(0, p - q). If all stay, one more is drawn from p.

    Args:
        drafted: The drafted tokens, each drawn from its row of ``draft``.
        draft: The distributions q from which they were drawn.
        target: The distributions p that they should have, and one more for the token after the last.
        generator: Where random numbers come from; torch's own if None.

    Returns:
        How many tokens stay in each row, and the token that follows them.

    Source:
        Leviathan et al. 2022, section 2.3 and algorithm 1; Chen et al. 2023, algorithm 2.

    Example:
        >>> same = torch.tensor([[[0.5, 0.5]]])
        >>> accept(torch.tensor([[1]]), same, torch.cat([same, torch.tensor([[[1.0, 0.0]]])], dim=1))
        (tensor([1]), tensor([0]))
    """
    rows, drafts = drafted.shape
    place = drafted.unsqueeze(-1)
    p, q = target[:, :drafts].gather(-1, place).squeeze(-1), draft.gather(-1, place).squeeze(-1)  # (rows, drafts)
    draws = torch.rand(rows, drafts, dtype=p.dtype, device=p.device, generator=generator)
    kept = (draws * q < p).long().cumprod(dim=1).sum(dim=1)  # (rows,)
    nothing = torch.zeros_like(draft[:, :1])  # after the last draft, p - 0 is p
    lacking = (target - torch.cat([draft, nothing], dim=1)).clamp(min=0)
    row = torch.arange(rows, device=kept.device)
    chosen = lacking[row, kept]  # (rows, vocab)
    equal = chosen.sum(-1, keepdim=True) == 0  # p and q are equal up to rounding, which refused the token
    return kept, torch.where(equal, target[row, kept], chosen).multinomial(1, generator=generator).squeeze(1)


def speculate(
    model: LanguageModel,
    draft: LanguageModel,
    tokens: Int[Tensor, "1 length"],
    *rules: ScoreRule,
    max_new_tokens: int,
    drafts: int = 4,
    generator: torch.Generator | None = None,
) -> Int[Tensor, "1 new"]:
    """Sample from a model with the help of a smaller one; the tokens are distributed as those of ``generate`` with ``sampled()``.

    Both models run in eval mode and are given back as they came. Rules act on the scores of both. With ``top_k(1)`` the tokens
    are those of greedy decoding.

    Args:
        model: The model whose distribution counts.
        draft: The model that proposes; it has the same vocabulary.
        tokens: One prompt, (1, length).
        rules: What changes the scores, in this order.
        max_new_tokens: How many tokens to make.
        drafts: How many tokens are proposed at a time.
        generator: Where random numbers come from; torch's own if None.

    Returns:
        The new tokens, (1, max_new_tokens).

    Raises:
        TypeError: An argument has the wrong type or dtype.
        ValueError: There is more than one prompt, or a number is below 1.

    Source:
        Leviathan et al. 2022, algorithm 1.

    Example:
        >>> from transformer.today.families import Sizes, llama
        >>> sizes = dict(vocab_size=11, d_model=12, num_heads=6, num_kv_heads=2, head_dim=4, d_ff=17)
        >>> large, small = llama(Sizes(**sizes, num_layers=3)), llama(Sizes(**sizes, num_layers=1))
        >>> speculate(large, small, torch.tensor([[4, 5, 6]]), max_new_tokens=7).shape
        torch.Size([1, 7])
    """
    for name, value in (("model", model), ("draft", draft)):
        if not isinstance(value, LanguageModel):
            raise TypeError(f"{name} must be a LanguageModel, got {type(value).__name__}")
    history = check_prompt(tokens, None)
    if history.shape[0] != 1:
        raise ValueError(f"tokens must be one prompt, got {history.shape[0]} rows")
    check_positive_int("drafts", drafts)
    end = history.shape[1] + check_positive_int("max_new_tokens", max_new_tokens)
    ours, theirs = _Reader(model, rules), _Reader(draft, rules)
    with evaluating(model), evaluating(draft):
        while history.shape[1] < end:
            proposed, found = history, []
            for _ in range(drafts):
                found.append(theirs.read(proposed, 1))
                drawn = found[-1][:, 0].multinomial(1, generator=generator).to(history.dtype)
                proposed = torch.cat([proposed, drawn], dim=1)
            new = proposed[:, history.shape[1] :]
            kept, following = accept(new, torch.cat(found, dim=1), ours.read(proposed, drafts + 1), generator=generator)
            stays = [history, new[:, : int(kept)], following.unsqueeze(1).to(history.dtype)]
            history = torch.cat(stays, dim=1)
            for reader in (ours, theirs):
                reader.forget_beyond(history.shape[1] - 1)
    return history[:, tokens.shape[1] : end]


class _Reader:
    """A model that reads on in a text whose end may be taken back."""

    def __init__(self, model: LanguageModel, rules: Sequence[ScoreRule]) -> None:
        self.model = model
        self.rules = rules
        self.cache = model.cache()

    @property
    def length(self) -> int:
        return int(self.cache.next)

    def read(self, tokens: Tensor, count: int) -> Tensor:
        """Read what is new, and give the distributions after each of the last ``count`` tokens, (1, count, vocab)."""
        scores = self.model(tokens[:, self.length :], self.cache)[:, -count:]
        places = range(tokens.shape[1] - count + 1, tokens.shape[1] + 1)
        each = [ruled(scores[:, at], tokens[:, :end], self.rules) for at, end in enumerate(places)]
        return torch.stack(each, dim=1).softmax(-1)

    def forget_beyond(self, length: int) -> None:
        self.cache = self.cache.without_newest(max(self.length - length, 0))
