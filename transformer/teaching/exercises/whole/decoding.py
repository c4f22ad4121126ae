"""Whole tasks of decoding: greedy with a cache of keys and values, and beam search."""

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from transformer.teaching.exercises.core import Exercise, Fact, Mistake


class OneLayer:
    """A language model of one head, for the task: it says what a token's query, key and value are, and what an output means.

    It counts the tokens that it was given, so that reading a token twice does not go unseen.

    Args:
        vocabulary: How many ids there are.
        width: d_k.
        seed: Of the random numbers that are its parameters.
    """

    def __init__(self, vocabulary: int, width: int, seed: int) -> None:
        numbers = torch.Generator().manual_seed(seed)
        self.table = 2 * torch.randn(3, vocabulary, width, generator=numbers)
        self.output = torch.randn(width, vocabulary, generator=numbers)
        self.tokens_read = 0

    def qkv(self, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return query, key and value of tokens of any shape, each with a last dimension of d_k."""
        self.tokens_read += tokens.numel()
        query, key, value = self.table[:, tokens]
        return query, key, value

    def logits(self, x: Tensor) -> Tensor:
        """Return a score for each next token, of what attention returned."""
        return x @ self.output


def greedy_with_cache(model: OneLayer, start: Tensor, end_id: int, max_length: int) -> Tensor:
    """Continue each row greedily, and let the model read each token once.

    ``start`` is (batch,). ``model.qkv(tokens)`` returns query, key and value of the tokens; ``model.logits`` turns what
    attention returned into scores of the next token. A row that has said ``end_id`` goes on with ``end_id``. Decoding ends when
    all rows have said it, or after ``max_length`` tokens. Returns what was said, (batch, at most max_length).
    """
    newest, keys, values = start, [], []
    said: list[Tensor] = []
    ended = torch.zeros_like(start, dtype=torch.bool)
    while len(said) < max_length and not ended.all():
        query, key, value = model.qkv(newest)
        keys.append(key)
        values.append(value)
        past, read = torch.stack(keys, dim=1), torch.stack(values, dim=1)  # (batch, length, d_k)
        weights = (past @ query[:, :, None] / math.sqrt(query.shape[-1])).softmax(1)
        newest = model.logits((weights * read).sum(1)).argmax(-1)
        newest = newest.masked_fill(ended, end_id)
        ended = ended | (newest == end_id)
        said.append(newest)
    return torch.stack(said, dim=1)


def _read_again(model: OneLayer, start: Tensor, end_id: int, max_length: int) -> Tensor:
    tokens = start[:, None]
    for _ in range(max_length):
        query, key, value = model.qkv(tokens)
        weights = (key @ query[:, -1, :, None] / math.sqrt(query.shape[-1])).softmax(1)
        newest = model.logits((weights * value).sum(1)).argmax(-1)
        newest = newest.masked_fill((tokens[:, 1:] == end_id).any(1), end_id)
        tokens = torch.cat([tokens, newest[:, None]], 1)
        if (tokens[:, 1:] == end_id).any(1).all():
            break
    return tokens[:, 1:]


def _goes_on(model: OneLayer, start: Tensor, end_id: int, max_length: int) -> Tensor:
    said = greedy_with_cache(model, start, -1, max_length)
    whole = (said == end_id).any(1).all()
    return said[:, : int((said == end_id).int().argmax(1).max()) + 1] if whole else said


def _newest_alone(model: OneLayer, start: Tensor, end_id: int, max_length: int) -> Tensor:
    newest, said = start, list[Tensor]()
    ended = torch.zeros_like(start, dtype=torch.bool)
    while len(said) < max_length and not ended.all():
        _, _, value = model.qkv(newest)
        newest = model.logits(value).argmax(-1).masked_fill(ended, end_id)
        ended = ended | (newest == end_id)
        said.append(newest)
    return torch.stack(said, dim=1)


def _to_the_end(model: OneLayer, start: Tensor, end_id: int, max_length: int) -> Tensor:
    said = greedy_with_cache(model, start, end_id, max_length)
    for _ in range(max_length - said.shape[1]):
        model.qkv(said[:, -1])
    return torch.nn.functional.pad(said, (0, max_length - said.shape[1]), value=end_id)


def _with_the_start(model: OneLayer, start: Tensor, end_id: int, max_length: int) -> Tensor:
    return torch.cat([start[:, None], greedy_with_cache(model, start, end_id, max_length)], dim=1)


def _said_and_read(output: object, arguments: Sequence[object]) -> Iterator[Fact]:
    model, *_ = arguments
    assert isinstance(model, OneLayer)
    yield "", output
    yield "tokens that the model has read", model.tokens_read


GREEDY_WITH_CACHE = Exercise(
    greedy_with_cache,
    inputs=(
        "OneLayer(3, 2, seed=0), torch.tensor([1]), 0, 1",
        "OneLayer(5, 4, seed=8), torch.tensor([1]), 2, 6",
        "OneLayer(7, 4, seed=3), torch.tensor([1, 2, 3]), 0, 9",
        "OneLayer(11, 6, seed=5), torch.tensor([1, 2, 3]), 2, 9",
        "OneLayer(13, 8, seed=1), torch.tensor([4, 7, 1, 2, 9]), 5, 12",
    ),
    mistakes=(
        Mistake(
            _read_again,
            "The words are right, but the model reads every token again at every step. Keep the keys and values of older tokens; "
            "give the model the newest token alone.",
        ),
        Mistake(_goes_on, "A row that has said end_id is over: from there on it says end_id."),
        Mistake(_newest_alone, "The newest token's query looks at all keys so far, not at its own alone."),
        Mistake(_to_the_end, "Stop as soon as every row has said end_id."),
        Mistake(_with_the_start, "The start token was given, not said: leave it out."),
    ),
    facts=_said_and_read,
    names={"OneLayer": OneLayer},
)


def beam_search(table: Tensor, start_id: int, end_id: int, beam_size: int, max_length: int) -> tuple[list[int], float]:
    """Return the best sequence that ends, without the start, and its log-probability.

    ``table[a, b]`` is that of b after a. At each step each of the at most ``beam_size`` open sequences is continued
    by every token; the ``beam_size`` best of all these go on, and those that end with ``end_id`` are set aside. After
    ``max_length`` tokens, what is open counts as it is. The best is the one with the highest sum.
    """
    beams: list[tuple[float, list[int]]] = [(0.0, [])]
    ended: list[tuple[float, list[int]]] = []
    for _ in range(max_length):
        longer = [
            (score + float(log_probability), [*tokens, token])
            for score, tokens in beams
            for token, log_probability in enumerate(table[tokens[-1] if tokens else start_id].tolist())
        ]
        best = sorted(longer, reverse=True)[:beam_size]
        ended += [beam for beam in best if beam[1][-1] == end_id]
        beams = [beam for beam in best if beam[1][-1] != end_id]
        if not beams:
            break
    score, tokens = max(ended + beams)
    return tokens, score


def _greedy(table: Tensor, start_id: int, end_id: int, beam_size: int, max_length: int) -> tuple[list[int], float]:  # noqa: ARG001 - the mistake
    return beam_search(table, start_id, end_id, 1, max_length)


def _best_of_each(table: Tensor, start_id: int, end_id: int, beam_size: int, max_length: int) -> tuple[list[int], float]:
    scores, choices = table[start_id].topk(min(beam_size, table.shape[1]))
    found = []
    for score, first in zip(scores.tolist(), choices.tolist(), strict=True):
        if first == end_id or max_length == 1:
            found.append((score, [first]))
            continue
        tokens, rest = beam_search(table, first, end_id, 1, max_length - 1)
        found.append((score + rest, [first, *tokens]))
    score, tokens = max(found)
    return tokens, score


def _first_that_ends(table: Tensor, start_id: int, end_id: int, beam_size: int, max_length: int) -> tuple[list[int], float]:
    beams: list[tuple[float, list[int]]] = [(0.0, [])]
    for _ in range(max_length):
        longer = [
            (score + float(log_probability), [*tokens, token])
            for score, tokens in beams
            for token, log_probability in enumerate(table[tokens[-1] if tokens else start_id].tolist())
        ]
        beams = sorted(longer, reverse=True)[:beam_size]
        if any(tokens[-1] == end_id for _, tokens in beams):
            beams = [beam for beam in beams if beam[1][-1] == end_id]
            break
    score, tokens = beams[0]
    return tokens, score


def _products(table: Tensor, start_id: int, end_id: int, beam_size: int, max_length: int) -> tuple[list[int], float]:
    tokens, score = beam_search(table, start_id, end_id, beam_size, max_length)
    return tokens, math.exp(score)


def _per_token(table: Tensor, start_id: int, end_id: int, beam_size: int, max_length: int) -> tuple[list[int], float]:
    tokens, score = beam_search(table, start_id, end_id, beam_size, max_length)
    return tokens, score / len(tokens)


def _rounded(output: object, _: Sequence[object]) -> Iterator[Fact]:
    assert isinstance(output, tuple)
    tokens, score = output
    yield "the tokens", [int(token) for token in tokens]
    yield "the score", f"{float(score):.4f}"


BEAM_SEARCH = Exercise(
    beam_search,
    inputs=(
        "torch.tensor([[0., 0.], [.6, .4]]).log(), 1, 0, 2, 2",
        "torch.tensor([[1., 0., 0.], [.1, .5, .4], [.9, .05, .05]]).log(), 1, 0, 2, 3",
        "torch.tensor([[1., 0., 0., 0.], [.05, 0., .8, .15], [.25, 0., .4, .35], [.95, .05, 0., 0.]]).log(), 1, 0, 2, 3",
        "torch.tensor([[1., 0., 0., 0.], [.25, 0., .4, .35], [.95, .05, 0., 0.], [.5, .5, 0., 0.]]).log(), 1, 0, 3, 4",
        "(2 * torch.arange(49.).sin()).view(7, 7).log_softmax(-1), 3, 0, 3, 6",
        "(2 * torch.arange(121.).cos()).view(11, 11).log_softmax(-1), 5, 2, 4, 9",
    ),
    mistakes=(
        Mistake(_greedy, "With one sequence at a time this is greedy. Keep the beam_size best at each step."),
        Mistake(
            _best_of_each,
            "Each first token is continued on its own. The open sequences compete: the best of all continuations go on, even if "
            "they all come from one sequence.",
        ),
        Mistake(
            _first_that_ends,
            "The first sequence that ends need not be the best: go on until no open one is left, or to max_length.",
        ),
        Mistake(_products, "Return the log-probability: the sum of the logarithms."),
        Mistake(_per_token, "The score here is the sum, without division by the length."),
    ),
    returns=tuple,
    facts=_rounded,
)
