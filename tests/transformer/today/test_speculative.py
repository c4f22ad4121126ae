"""What speculation gives has the large model's distribution, whatever the small one proposes."""

import itertools

import pytest
import torch
from torch import Tensor

from tests.transformer.helpers import assert_exact, assert_refused
from tests.transformer.today.models import made, text
from transformer.today import (
    LanguageModel,
    accept,
    generate,
    repetition_penalty,
    speculate,
    speculative,
    temperature,
    top_k,
)

VOCAB = 3


def distributions(*shape: int) -> Tensor:
    return (torch.randn(*shape, VOCAB, dtype=torch.float64) * 1.5).softmax(-1)


def outcomes(draft: Tensor, target: Tensor, steps: int, monkeypatch: pytest.MonkeyPatch) -> dict[tuple[int, ...], float]:
    """Go through all that can happen with one proposal, (1, vocab) and (2, vocab): the draws are evenly spaced, not random."""
    places = (torch.arange(steps, dtype=torch.float64) + 0.5) / steps
    monkeypatch.setattr(torch, "rand", lambda rows, drafts, **how: places[:rows, None].expand(rows, drafts))  # noqa: ARG005
    found: dict[tuple[int, ...], float] = {}
    chosen: list[Tensor] = []

    def remember(weights: Tensor, count: int, **how: object) -> Tensor:  # noqa: ARG001
        chosen.append(weights / weights.sum(-1, keepdim=True))
        return torch.zeros(len(weights), 1, dtype=torch.int64)

    monkeypatch.setattr(Tensor, "multinomial", remember)
    for token in range(VOCAB):
        drafted = torch.full((steps, 1), token)
        kept, _ = accept(drafted, draft.expand(steps, 1, VOCAB), target.expand(steps, 2, VOCAB))
        follows = chosen.pop()
        for stays, shares in zip(kept.tolist(), follows, strict=True):
            for after, share in enumerate(shares.tolist()):
                text = (token, after) if stays else (after,)
                found[text] = found.get(text, 0.0) + float(draft[0, token]) * share / steps
    return found


def test_one_proposal_gives_the_distribution_of_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every proposal, every draw between 0 and 1 in even steps, and every token that may follow."""
    draft, target, steps = distributions(1), distributions(2), 2_000
    found = outcomes(draft, target, steps, monkeypatch)
    for token in range(VOCAB):
        share = sum(value for text, value in found.items() if text[0] == token)
        assert share == pytest.approx(float(target[0, token]), abs=VOCAB / steps)
        both = sum(value for text, value in found.items() if len(text) == 2 and text[0] == token)
        for after in range(VOCAB):
            if both > 0:
                assert found[token, after] / both == pytest.approx(float(target[1, after]), abs=1e-9)


def test_three_proposals_give_the_distribution_of_the_target() -> None:
    """Where each token has a distribution of its own, by what stands before it."""
    rows, drafts = 200_000, 3
    draft, target = distributions(VOCAB), distributions(VOCAB)  # the next token's, by the one before
    generator = torch.Generator().manual_seed(5)
    before, drafted, q = torch.zeros(rows, dtype=torch.int64), [], []
    for _ in range(drafts):
        q.append(draft[before])
        before = q[-1].multinomial(1, generator=generator).squeeze(1)
        drafted.append(before)
    tokens = torch.stack(drafted, dim=1)
    starts = torch.cat([torch.zeros(rows, 1, dtype=torch.int64), tokens], dim=1)
    kept, follows = accept(tokens, torch.stack(q, dim=1), target[starts], generator=generator)
    whole = torch.cat([tokens, torch.zeros(rows, 1, dtype=torch.int64)], dim=1)
    whole[torch.arange(rows), kept] = follows
    for _ in range(drafts):  # a text that stopped early goes on as the target would
        kept = kept + 1
        short = kept <= drafts
        place = torch.where(short, kept, drafts)
        last = whole[torch.arange(rows), place - 1]
        more = target[last].multinomial(1, generator=generator).squeeze(1)
        whole[torch.arange(rows), place] = torch.where(short, more, whole[torch.arange(rows), place])
    for answer in itertools.product(range(VOCAB), repeat=2):
        share = (whole[:, :2] == torch.tensor(answer)).all(-1).double().mean()
        right = target[0, answer[0]] * target[answer[0], answer[1]]
        assert share == pytest.approx(float(right), abs=0.006)


def test_equal_models_accept_everything() -> None:
    draft = distributions(50, 4)
    target = torch.cat([draft, distributions(50, 1)], dim=1)
    drafted = draft.flatten(0, 1).multinomial(1).view(50, 4)
    assert (accept(drafted, draft, target)[0] == 4).all()


def test_what_rounding_refuses_is_drawn_anew() -> None:
    draft = torch.tensor([[[0.5, 0.5]]], dtype=torch.float64)
    target = torch.tensor([[[0.0, 0.5], [1.0, 0.0]]], dtype=torch.float64)  # nothing is lacking
    kept, follows = accept(torch.tensor([[0]]), draft, target)
    assert (kept.tolist(), follows.tolist()) == ([0], [1])


@pytest.mark.parametrize("drafts", [1, 2, 5])
@pytest.mark.parametrize("draft", ["llama", "gpt2"])
def test_with_the_best_token_only_it_is_greedy(draft: str, drafts: int) -> None:
    model, small, tokens = made("qwen3"), made(draft), text(1, 4)
    found = speculate(model, small, tokens, top_k(1), max_new_tokens=11, drafts=drafts)
    assert torch.equal(found, generate(model, tokens, max_new_tokens=11))


def test_both_distributions_are_those_of_the_whole_models(monkeypatch: pytest.MonkeyPatch) -> None:
    model, small, history = made("llama"), made("qwen3"), text(1, 3)
    rules = (repetition_penalty(1.5), temperature(1.5), top_k(5))
    lengths: list[int] = []

    def whole(one: LanguageModel, tokens: Tensor) -> Tensor:
        given = one(tokens)[:, -1]
        for rule in rules:
            given = rule(given, tokens)
        return given.softmax(-1)

    def checked(drafted: Tensor, draft: Tensor, target: Tensor, **how: torch.Generator | None) -> tuple[Tensor, Tensor]:
        nonlocal history
        for count in range(4):
            so_far = torch.cat([history, drafted[:, :count]], dim=1)
            assert_exact(target[:, count], whole(model, so_far))
            if count < 3:
                assert_exact(draft[:, count], whole(small, so_far))
        kept, follows = accept(drafted, draft, target, **how)
        history = torch.cat([history, drafted[:, : int(kept)], follows[:, None]], dim=1)
        lengths.append(int(kept))
        return kept, follows

    monkeypatch.setattr(speculative, "accept", checked)
    found = speculate(model, small, history, *rules, max_new_tokens=20, drafts=3)
    assert torch.equal(found, history[:, 3:23])
    assert len(set(lengths)) > 1  # now more of them were kept, now fewer


@pytest.mark.bad_input
def test_refused() -> None:
    model, tokens = made("llama"), text(1, 3)
    assert_refused(
        lambda: speculate(model, model, text(2, 3), max_new_tokens=1), ValueError, "tokens must be one prompt, got 2 rows"
    )
    assert_refused(
        lambda: speculate(model, None, tokens, max_new_tokens=1),  # type: ignore[arg-type]
        TypeError,
        "draft must be a LanguageModel, got NoneType",
    )
    assert_refused(
        lambda: speculate(model, model, tokens, max_new_tokens=1, drafts=0), ValueError, "drafts must be at least 1, got 0"
    )
    assert_refused(
        lambda: speculate(model, model, tokens, max_new_tokens=0), ValueError, "max_new_tokens must be at least 1, got 0"
    )
