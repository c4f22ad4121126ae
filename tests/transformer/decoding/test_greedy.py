import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from tests.transformer.helpers import assert_exact, assert_identical
from transformer import Transformer, TransformerConfig, greedy_decode
from transformer.decoding.incremental import IncrementalDecoder

PAD, START, END = 0, 1, 2
SOURCE = torch.tensor([[3, 4, 5, 6, 7, 8, 9], [9, 8, 3, 6, PAD, PAD, PAD]])


def model(*, dropout: float = 0.0) -> Transformer:
    # Most random models repeat one token; with these weights the two items differ and end at different steps.
    torch.manual_seed(98)
    transformer = Transformer(
        TransformerConfig(11, 13, d_model=6, num_heads=3, num_layers=2, d_ff=17, dropout=dropout, max_length=19)
    ).double()
    for parameter in transformer.parameters():
        torch.nn.init.normal_(parameter, std=0.7)
    return transformer


class Script:
    """Stand in for the decoder: give the scores that a script says, whatever is read."""

    def __init__(self, scores: Tensor) -> None:
        self.scores = scores  # (items, steps, vocabulary)

    def step(self, tokens: Tensor) -> Tensor:
        assert tokens.shape == self.scores.shape[:1]
        scores, self.scores = self.scores[:, 0].clone(), self.scores[:, 1:]
        return scores

    def keep_items(self, items: Tensor) -> None:
        self.scores = self.scores[items]


def follow(monkeypatch: pytest.MonkeyPatch, scores: Tensor, *, max_length: int) -> list[list[int]]:
    monkeypatch.setattr("transformer.decoding.greedy.IncrementalDecoder", lambda *_, **__: Script(scores))
    tokens: list[list[int]] = greedy_decode(model(), SOURCE, start_id=START, end_id=END, max_length=max_length).tolist()
    return tokens


def scores_of(*answers: list[int]) -> Tensor:
    return F.one_hot(torch.tensor(answers), 13).double()


def test_each_item_stops_at_its_end_and_is_padded_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = scores_of([5, END, 7, 8, 9], [4, 5, 6, END, 9])
    assert follow(monkeypatch, scores, max_length=5) == [[5, END, PAD, PAD], [4, 5, 6, END]]


def test_stops_at_max_length(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = scores_of([5, 6, 7, 8, 9], [4, 5, 6, END, 9])
    assert follow(monkeypatch, scores, max_length=3) == [[5, 6, 7], [4, 5, 6]]


def test_takes_the_second_best_where_padding_is_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = scores_of([PAD, PAD, END], [PAD, END, 5])
    scores[..., 7] += 0.5
    assert follow(monkeypatch, scores, max_length=3) == [[7, 7, END], [7, END, PAD]]


def test_an_item_that_has_ended_leaves_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = []

    class Spy(IncrementalDecoder):
        def step(self, tokens: Tensor) -> Tensor:
            rows.append(tokens.shape[0])
            return super().step(tokens)

    monkeypatch.setattr("transformer.decoding.greedy.IncrementalDecoder", Spy)
    tokens = greedy_decode(model(), SOURCE, start_id=START, end_id=END, max_length=17)
    assert rows == (tokens != PAD).sum(0).tolist()
    assert rows[0] == 2
    assert rows[-1] == 1


def test_equals_a_loop_that_scores_everything_again() -> None:
    transformer = model().eval()
    expected = torch.full((2, 1), START)
    for _ in range(17):
        scores = transformer(SOURCE, expected)[:, -1].detach()
        scores[:, PAD] = -torch.inf
        expected = torch.cat([expected, scores.argmax(-1, keepdim=True)], dim=1)
    rows = [row[: row.index(END) + 1] if END in row else row for row in expected[:, 1:].tolist()]
    assert 1 < len(rows[0]) < len(rows[1]) < 17
    assert all(row[-1] == END and len(set(row)) > 2 for row in rows)
    tokens = greedy_decode(transformer, SOURCE, start_id=START, end_id=END, max_length=17)
    assert [[token for token in row if token != PAD] for row in tokens.tolist()] == rows


def test_an_item_does_not_depend_on_its_neighbours_or_its_padding() -> None:
    transformer = model()
    together = greedy_decode(transformer, SOURCE, start_id=START, end_id=END, max_length=17)
    alone = greedy_decode(transformer, SOURCE[1:, :4], start_id=START, end_id=END, max_length=17)
    assert together[1, : alone.shape[1]].tolist() == alone[0].tolist()
    assert (together[1, alone.shape[1] :] == PAD).all()
    assert_exact(transformer.encode(SOURCE)[1:, :4], transformer.encode(SOURCE[1:, :4]))


@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
def test_gives_the_model_back_in_the_modes_it_came_in(training: bool) -> None:
    transformer = model(dropout=0.5).train(training)
    transformer.encoder.train(not training)
    before = [module.training for module in transformer.modules()]
    first = greedy_decode(transformer, SOURCE, start_id=START, end_id=END, max_length=7)
    assert_identical(greedy_decode(transformer, SOURCE, start_id=START, end_id=END, max_length=7), first)
    assert [module.training for module in transformer.modules()] == before


def test_gives_the_mode_back_when_decoding_fails() -> None:
    transformer = model().train()
    with pytest.raises(ValueError, match="outside the vocabulary"):
        greedy_decode(transformer, SOURCE + 5, start_id=START, end_id=END, max_length=2)
    assert all(module.training for module in transformer.modules())


def test_leaves_no_gradient_and_keeps_the_dtype_of_the_ids() -> None:
    transformer = model()
    tokens = greedy_decode(transformer, SOURCE.int(), start_id=START, end_id=END, max_length=3)
    assert tokens.dtype == torch.int32
    assert torch.is_grad_enabled()
    assert not tokens.is_inference()
    assert all(parameter.grad is None for parameter in transformer.parameters())


def test_takes_an_empty_batch() -> None:
    assert greedy_decode(model(), SOURCE[:0], start_id=START, end_id=END, max_length=3).shape[0] == 0
