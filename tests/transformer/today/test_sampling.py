"""Rules on scores, choices, and the loop."""

import itertools
import pickle
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from tests.transformer.helpers import assert_exact, assert_refused
from tests.transformer.today.models import FAMILIES, VOCAB, made, text
from transformer.today import (
    generate,
    greedy,
    presence_penalty,
    repetition_penalty,
    sampled,
    temperature,
    top_k,
    top_p,
)

NOTHING = torch.zeros(4, 1, dtype=torch.int64)


def scores() -> Tensor:
    return torch.randn(4, VOCAB, dtype=torch.float64)


def kept(given: Tensor) -> Tensor:
    return given > -torch.inf


@pytest.mark.parametrize("p", [0.05, 0.3, 0.5, 0.9, 0.99])
def test_top_p_keeps_the_smallest_set(p: float) -> None:
    given = scores()[:, :7] * 2
    found = top_p(p)(given, NOTHING)
    assert torch.equal(found[kept(found)], given[kept(found)])
    for row, shares in zip(kept(found), given.softmax(-1), strict=True):
        assert shares[row].sum() >= p
        smaller = itertools.combinations(range(7), int(row.sum()) - 1)
        assert all(shares[list(some)].sum() < p for some in smaller)
        assert shares[row].min() > shares[~row].max() if not row.all() else True


def test_top_p_keeps_one_however_small_p_is() -> None:
    given = scores()
    found = top_p(1e-9)(given, NOTHING)
    assert (kept(found).sum(-1) == 1).all()
    assert torch.equal(found.argmax(-1), given.argmax(-1))


def test_top_p_sums_a_large_vocabulary_in_single_precision() -> None:
    given, nothing = torch.randn(2, 50_000) * 3, torch.zeros(2, 1, dtype=torch.int64)
    assert kept(top_p(1.0)(given, nothing)).all()
    found, right = (int(kept(top_p(0.9999)(x, nothing)).sum()) for x in (given, given.double()))
    assert found == pytest.approx(right, rel=1e-4)


@pytest.mark.parametrize("k", [1, 3, VOCAB, VOCAB + 5])
def test_top_k_keeps_k_where_scores_tie_too(k: int) -> None:
    for given in (scores(), torch.zeros(4, VOCAB)):
        found = top_k(k)(given, NOTHING)
        assert (kept(found).sum(-1) == min(k, VOCAB)).all()
        assert torch.equal(found.amax(-1), given.amax(-1))


def test_penalties_know_what_has_occurred() -> None:
    given, tokens = scores(), torch.tensor([[1, 1, 4], [-1, -1, 0], [2, 3, 4], [10, 10, 10]])
    seen = torch.zeros(4, VOCAB, dtype=torch.bool)
    for row, ids in enumerate(([1, 4], [0], [2, 3, 4], [10])):
        seen[row, ids] = True
    found = repetition_penalty(2.0)(given, tokens)
    assert torch.equal(found[~seen], given[~seen])
    assert (found[seen] < given[seen]).all()
    assert_exact(presence_penalty(0.7)(given, tokens), given - 0.7 * seen.double())


def test_temperature_keeps_the_order() -> None:
    given = scores()
    for value in (0.1, 1.0, 7.0):
        assert_exact(temperature(value)(given, NOTHING), given / value)


def test_rules_can_be_pickled() -> None:
    for rule in (temperature(0.5), top_k(3), top_p(0.5), repetition_penalty(1.2), presence_penalty(1.0)):
        given = scores()
        assert torch.equal(pickle.loads(pickle.dumps(rule))(given, NOTHING), rule(given, NOTHING))  # noqa: S301


@pytest.mark.parametrize("name", FAMILIES)
def test_greedy_is_the_best_next_token_of_the_whole_model(name: str) -> None:
    model, tokens = made(name), text(2, 4)
    found = generate(model, tokens, max_new_tokens=9)
    whole = model(torch.cat([tokens, found], dim=1))
    assert torch.equal(whole[:, 3:-1].argmax(-1), found)


def test_padded_prompts_go_on_as_they_would_alone() -> None:
    model, texts = made("llama"), [text(1, 6), text(1, 2)]
    batch = torch.cat([texts[0], torch.cat([text(1, 4), texts[1]], dim=1)])
    rules = repetition_penalty(3.0), top_k(4)
    together = generate(model, batch, *rules, max_new_tokens=7, padding=torch.tensor([0, 4]))
    alone = torch.cat([generate(model, one, *rules, max_new_tokens=7) for one in texts])
    assert torch.equal(together, alone)


def test_a_row_that_has_ended_goes_on_with_the_end() -> None:
    model, tokens = made("llama"), text(3, 4)
    free = generate(model, tokens, max_new_tokens=12)
    end = int(free[0, 2])
    found = generate(model, tokens, max_new_tokens=12, end_id=end)
    longest = 0
    for row, other in zip(found, free, strict=True):
        stop = (other == end).nonzero().flatten()[:1].tolist()
        length = stop[0] + 1 if stop else 12
        longest = max(longest, length)
        assert torch.equal(row[:length], other[:length])
        assert (row[length:] == end).all()
    assert found.shape == (3, longest)


def test_a_sample_has_the_probabilities_of_the_softmax() -> None:
    given = torch.tensor([0.5, 0.3, 0.2, 0.0]).log().expand(40_000, -1)
    drawn = sampled(torch.Generator().manual_seed(3))(given)
    shares = drawn.bincount(minlength=4) / len(drawn)
    torch.testing.assert_close(shares, torch.tensor([0.5, 0.3, 0.2, 0.0]), atol=0.01, rtol=0)


def test_the_model_is_given_back_as_it_came() -> None:
    model = made("gpt2").train()
    model.blocks[1].eval()
    modes = [part.training for part in model.modules()]
    generate(model, text(2, 3), max_new_tokens=2, choose=sampled())
    assert [part.training for part in model.modules()] == modes


def test_half_precision_is_summed_in_single() -> None:
    seen: list[torch.dtype] = []

    def note(given: Tensor, tokens: Tensor) -> Tensor:  # noqa: ARG001
        seen.append(given.dtype)
        return given

    generate(made("llama").bfloat16(), text(1, 3), note, max_new_tokens=1)
    assert seen == [torch.float32]


MODEL, PROMPT = made("llama"), torch.tensor([[1, 2, 3]])
REFUSED: list[tuple[str, type[Exception], str, Callable[[], object]]] = [
    ("temperature 0", ValueError, "temperature must be a finite number above 0, got 0", lambda: temperature(0)),
    ("k 0", ValueError, "k must be at least 1, got 0", lambda: top_k(0)),
    ("k 2.0", TypeError, "k must be an int, got float (2.0)", lambda: top_k(2.0)),  # type: ignore[arg-type]
    ("p 0", ValueError, "p must be a finite number above 0, got 0", lambda: top_p(0)),
    ("p 1.1", ValueError, "p must be at most 1, got 1.1", lambda: top_p(1.1)),
    ("penalty", ValueError, "repetition_penalty must be a finite number above 0, got -1", lambda: repetition_penalty(-1)),
    ("presence", ValueError, "presence_penalty must be a finite number of at least 0, got -1", lambda: presence_penalty(-1)),
    ("model", TypeError, "model must be a LanguageModel, got NoneType", lambda: generate(None, PROMPT, max_new_tokens=1)),  # type: ignore[arg-type]
    ("count", ValueError, "max_new_tokens must be at least 1, got 0", lambda: generate(MODEL, PROMPT, max_new_tokens=0)),
    (
        "rule",
        TypeError,
        "rules must be a module or a function, got float (0.5)",
        lambda: generate(MODEL, PROMPT, 0.5, max_new_tokens=1),  # type: ignore[arg-type]
    ),
    (
        "choose",
        TypeError,
        "choose must be a module or a function, got bool (True)",
        lambda: generate(MODEL, PROMPT, max_new_tokens=1, choose=True),  # type: ignore[arg-type]
    ),
    (
        "end",
        ValueError,
        "end_id must be in [0, 11), got 11",
        lambda: generate(MODEL, PROMPT, max_new_tokens=1, end_id=11),
    ),
    (
        "empty",
        ValueError,
        "tokens must have at least one position, got length 0: there is nothing to go on from",
        lambda: generate(MODEL, PROMPT[:, :0], max_new_tokens=1),
    ),
    (
        "all padding",
        ValueError,
        "padding must leave each row a token of 3, got [3]",
        lambda: generate(MODEL, PROMPT, max_new_tokens=1, padding=torch.tensor([3])),
    ),
    (
        "padding rows",
        ValueError,
        "padding must have one number for each of the 1 rows, got 2",
        lambda: generate(MODEL, PROMPT, max_new_tokens=1, padding=torch.tensor([0, 0])),
    ),
    (
        "floats",
        TypeError,
        "tokens must hold token ids of dtype torch.int64 or torch.int32, got torch.float32",
        lambda: generate(MODEL, PROMPT.float(), max_new_tokens=1),
    ),
]


@pytest.mark.bad_input
@pytest.mark.parametrize(("error", "message", "call"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused(error: type[Exception], message: str, call: Callable[[], object]) -> None:
    assert_refused(call, error, message)


def test_greedy_needs_no_softmax() -> None:
    given = scores()
    assert torch.equal(greedy(given), given.argmax(-1))
