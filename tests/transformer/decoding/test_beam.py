"""Beam search finds what a search written out by hand finds, and, with beams enough, the best of all sequences."""

import itertools
import math

import pytest
import torch
from torch import Tensor

from tests.transformer.helpers import assert_exact, assert_identical
from transformer import Transformer, TransformerConfig, beam_search, greedy_decode
from transformer.decoding.incremental import IncrementalDecoder

PAD, START, END, VOCAB = 0, 1, 2, 7
SOURCE = torch.tensor([[3, 4, 5, 6, 9], [7, 8, PAD, PAD, PAD], [9, 3, 4, PAD, PAD], [PAD] * 5, [5, 3, 6, 8, PAD]])
ITEMS = SOURCE.shape[0]
Answer = tuple[float, list[int]]


def model(seed: int = 3, *, std: float = 0.7, dropout: float = 0.0) -> Transformer:
    torch.manual_seed(seed)
    config = TransformerConfig(11, VOCAB, d_model=6, num_heads=3, num_layers=2, d_ff=17, dropout=dropout, max_length=13)
    transformer = Transformer(config).double()
    for parameter in transformer.parameters():
        torch.nn.init.normal_(parameter, std=std)
    return transformer.eval()


def search(transformer: Transformer, source: Tensor = SOURCE, *, n_best: int = 1, **settings: float) -> list[list[Answer]]:
    """Give each item's answers as scores and lists, without padding."""
    ids = {"start_id": START, "end_id": END, "n_best": n_best}
    tokens, scores = beam_search(transformer, source, **ids, **settings)  # type: ignore[arg-type]
    assert scores.shape == (source.shape[0], n_best)
    return [
        [(float(score), [token for token in row if token != PAD]) for score, row in zip(*item, strict=True)]
        for item in zip(scores, tokens.tolist(), strict=True)
    ]


def assert_same_answers(actual: list[list[Answer]], expected: list[list[Answer]]) -> None:
    assert [[row for _, row in item] for item in actual] == [[row for _, row in item] for item in expected]
    assert_exact(torch.tensor([[s for s, _ in item] for item in actual]), torch.tensor([[s for s, _ in i] for i in expected]))


def all_sequences(transformer: Transformer, item: int, alpha: float, longest: int) -> list[Answer]:
    """Score everything that could be said, the best first."""
    said = torch.tensor(list(itertools.product(range(1, VOCAB), repeat=longest)))
    target = torch.cat([torch.full((len(said), 1), START), said], dim=1)
    logits = transformer(SOURCE[item].expand(len(said), -1), target[:, :-1]).detach()
    totals = logits.log_softmax(-1).gather(2, said.unsqueeze(2)).squeeze(2).cumsum(1)
    found = {}
    for row, total in zip(said.tolist(), totals.tolist(), strict=True):
        length = row.index(END) + 1 if END in row else longest
        found[tuple(row[:length])] = total[length - 1] / ((5 + length) / 6) ** alpha
    return sorted(((score, list(row)) for row, score in found.items()), reverse=True)


def by_hand(transformer: Transformer, item: int, beam_size: int, alpha: float, longest: int, n_best: int) -> list[Answer]:
    """Search with lists, without a cache and without ever stopping early."""
    beams: list[Answer] = [(0.0, [])]
    done: list[Answer] = []
    for length in range(1, longest + 1):
        target = torch.tensor([[START, *row] for _, row in beams])
        steps = transformer(SOURCE[item].expand(len(beams), -1), target)[:, -1].log_softmax(-1).tolist()
        candidates = sorted(
            (
                (total + step[token], [*row, token])
                for (total, row), step in zip(beams, steps, strict=True)
                for token in range(1, VOCAB)
            ),
            reverse=True,
        )
        penalty = ((5 + length) / 6) ** alpha
        done += [(total / penalty, row) for total, row in candidates[:beam_size] if row[-1] == END]
        beams = [(total, row) for total, row in candidates if row[-1] != END][:beam_size]
    done += [(total / penalty, row) for total, row in beams]
    return sorted(done, reverse=True)[:n_best]


@pytest.mark.parametrize("alpha", [0.0, 0.6, 2.0])
def test_with_beams_enough_finds_the_best_of_all_sequences(alpha: float) -> None:
    transformer = model()
    actual = search(transformer, n_best=5, max_length=4, beam_size=VOCAB**4, length_penalty=alpha)
    assert_same_answers(actual, [all_sequences(transformer, item, alpha, 4)[:5] for item in range(ITEMS)])


@pytest.mark.parametrize("seed", [2, 3, 5])
@pytest.mark.parametrize("alpha", [0.0, 0.6, 3.0])
@pytest.mark.parametrize("beam_size", [1, 2, 3, 11])
def test_equals_a_search_by_hand_that_never_stops_early(beam_size: int, alpha: float, seed: int) -> None:
    transformer, n_best = model(seed), min(beam_size, 2)
    actual = search(transformer, n_best=n_best, max_length=7, beam_size=beam_size, length_penalty=alpha)
    assert_same_answers(actual, [by_hand(transformer, item, beam_size, alpha, 7, n_best) for item in range(ITEMS)])


@pytest.mark.parametrize("seed", range(7))
def test_one_beam_without_penalty_is_greedy(seed: int) -> None:
    transformer, ids = model(seed), {"start_id": START, "end_id": END, "max_length": 11}
    tokens, _ = beam_search(transformer, SOURCE, **ids, beam_size=1, length_penalty=0.0)
    assert_identical(tokens[:, 0], greedy_decode(transformer, SOURCE, **ids))


def test_a_higher_penalty_never_prefers_a_shorter_answer() -> None:
    transformer = model(std=0.3)
    alphas = (0.0, 0.5, 1.0, 2.0, 4.0)
    found = [search(transformer, max_length=4, beam_size=VOCAB**4, length_penalty=alpha) for alpha in alphas]
    lengths = torch.tensor([[len(best[1]) for (best,) in items] for items in found])
    assert (lengths[1:] >= lengths[:-1]).all()
    assert (lengths[-1] > lengths[0]).all()


def test_more_answers_do_not_change_the_first_ones() -> None:
    transformer = model()
    many = search(transformer, n_best=5, max_length=7, beam_size=5)
    assert all(item == sorted(item, reverse=True) for item in many)
    assert_same_answers(search(transformer, n_best=2, max_length=7, beam_size=5), [item[:2] for item in many])


def test_a_place_without_an_answer_is_padding_and_minus_infinity() -> None:
    tokens, scores = beam_search(model(), SOURCE, start_id=START, end_id=END, max_length=1, beam_size=11, n_best=11)
    answers = VOCAB - 1  # every token but padding
    assert (tokens[:, :answers] != PAD).all()
    assert (tokens[:, answers:] == PAD).all()
    assert scores[:, :answers].isfinite().all()
    assert (scores[:, answers:] == -math.inf).all()


def test_an_item_does_not_depend_on_its_neighbours_or_its_padding() -> None:
    transformer, settings = model(), {"n_best": 2, "max_length": 7, "beam_size": 3}
    together = search(transformer, **settings)  # type: ignore[arg-type]
    assert_same_answers(search(transformer, SOURCE[1:3, :3], **settings), together[1:3])
    assert_same_answers(search(transformer, SOURCE.flip(0), **settings), together[::-1])


def test_items_that_are_done_leave_the_batch_beams_and_all(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = []

    class Spy(IncrementalDecoder):
        def step(self, tokens: Tensor) -> Tensor:
            rows.append(tokens.shape[0])
            return super().step(tokens)

    monkeypatch.setattr("transformer.decoding.beam.IncrementalDecoder", Spy)
    search(model(), max_length=13, beam_size=3, length_penalty=0.0)
    assert rows[0] == 3 * ITEMS
    assert rows == sorted(rows, reverse=True)
    assert all(count % 3 == 0 for count in rows)
    assert rows[-1] < rows[0]
    assert len(rows) < 13  # every item was done before the end


@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
def test_leaves_no_trace_on_the_model(training: bool) -> None:
    transformer = model(dropout=0.5).train(training)
    transformer.encoder.train(not training)
    before = [module.training for module in transformer.modules()]
    ids = {"start_id": START, "end_id": END, "max_length": 5, "beam_size": 3}
    tokens, scores = beam_search(transformer, SOURCE.int(), **ids)
    again, _ = beam_search(transformer, SOURCE.int(), **ids)
    assert_identical(tokens, again)
    assert tokens.dtype == torch.int32
    assert scores.dtype == torch.float64
    assert [module.training for module in transformer.modules()] == before
    assert torch.is_grad_enabled()
    assert not tokens.is_inference()
    assert not scores.is_inference()
    assert not scores.requires_grad


def test_takes_an_empty_batch() -> None:
    tokens, scores = beam_search(model(), SOURCE[:0], start_id=START, end_id=END, max_length=5, beam_size=3, n_best=2)
    assert tokens.shape[:2] == scores.shape == (0, 2)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64], ids=str)
def test_a_score_is_the_score_of_the_tokens_that_are_returned(dtype: torch.dtype) -> None:
    torch.manual_seed(3)
    config = TransformerConfig(11, 50, d_model=48, num_heads=4, num_layers=2, d_ff=17, max_length=128)
    model = Transformer(config).eval()
    with torch.no_grad():
        model.output_proj.weight[END] = 0  # a long answer
    model.to(dtype)
    tokens, scores = beam_search(model, SOURCE[:1], start_id=START, end_id=END, max_length=120, beam_size=4, length_penalty=0.0)
    read = torch.cat([torch.tensor([[START]]), tokens[0, :1, :-1]], 1)
    logits = model(SOURCE[:1], read).to(torch.float64)
    true = logits.log_softmax(-1).gather(2, tokens[0, :1, :, None]).sum()
    assert scores.dtype == torch.promote_types(dtype, torch.float32)
    digits = {
        torch.float16: 0.05,
        torch.bfloat16: 0.5,
        torch.float32: 1e-3,
        torch.float64: 1e-9,
    }  # of a sum of 120 rounded logits
    torch.testing.assert_close(scores[0, 0].double(), true, atol=digits[dtype], rtol=0)
