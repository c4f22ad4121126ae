"""What a beam search looked at, written down while it runs: each candidate, its score, and what became of it."""

import math
from dataclasses import dataclass, field
from unittest.mock import patch

from torch import Tensor

from transformer.decoding.beam import beam_search
from transformer.decoding.incremental import IncrementalDecoder
from transformer.model import Transformer

Scored = tuple[tuple[int, ...], float]
"""Token ids, and the logarithm of their probability."""


@dataclass(frozen=True)
class Candidate:
    """A beginning that the search could have followed.

    Args:
        tokens: Its token ids, without the start token.
        chance: Its probability: the product of those of its tokens.
        fate: ``followed`` if the search went on from it, ``answer`` if it is what the search returns, ``dropped`` otherwise.
    """

    tokens: tuple[int, ...]
    chance: float
    fate: str


def watch_beams(
    model: Transformer, source: Tensor, *, start_id: int, end_id: int, max_length: int, beam_size: int, length_penalty: float
) -> list[Candidate]:
    """Run a beam search for one item, and write down the candidates of each step.

    For each open beginning these are its ``beam_size`` + 1 most probable tokens: the search follows no other.

    Args:
        model: The model.
        source: Token ids of shape (1, source length).
        start_id: The id that begins the target.
        end_id: The id that ends a target.
        max_length: The most tokens to make.
        beam_size: How many beginnings are followed.
        length_penalty: As in ``beam_search``.

    Returns:
        The candidates, step by step; of one step, in falling order of probability.

    Raises:
        TypeError: An argument has the wrong type or dtype.
        ValueError: There is not one item, or an argument is out of range.

    Example:
        >>> import torch
        >>> from transformer import TransformerConfig
        >>> model = Transformer(TransformerConfig(11, 5, d_model=6, num_heads=3, num_layers=2, d_ff=7))
        >>> how = {"start_id": 1, "end_id": 2, "max_length": 1, "beam_size": 2, "length_penalty": 0.0}
        >>> [one.fate for one in watch_beams(model, torch.tensor([[4, 5]]), **how)]
        ['answer', 'dropped', 'dropped']
    """
    if len(source) != 1:
        raise ValueError(f"source must be one item, got {len(source)}")
    steps: list[_Step] = []

    class Watched(IncrementalDecoder):
        def step(self, tokens: Tensor) -> Tensor:
            scores = super().step(tokens)
            logs = scores.double().log_softmax(-1)
            logs[:, model.config.pad_id] = -math.inf  # padding is no answer
            steps.append(_Step(tokens.tolist(), logs))
            return scores

        def keep_rows(self, rows: Tensor) -> None:
            super().keep_rows(rows)
            steps[-1].parents = rows.tolist()

    ids = {"start_id": start_id, "end_id": end_id, "max_length": max_length}
    with patch("transformer.decoding.beam.IncrementalDecoder", Watched):
        found, _ = beam_search(model, source, **ids, beam_size=beam_size, length_penalty=length_penalty)
    answer = tuple(token for token in found[0, 0].tolist() if token != model.config.pad_id)

    candidates: list[Candidate] = []
    rows: dict[int, Scored] = {0: ((), 0.0)}  # all begin alike, so one of them counts
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        scored = dict(one for row, begun in rows.items() for one in step.best(row, begun, beam_size + 1))
        if following is not None:
            chosen = zip(step.parents, following.read, strict=True)
            longer = {row: (*rows[parent][0], token) for row, (parent, token) in enumerate(chosen) if parent in rows}
            rows = {row: (tokens, scored[tokens]) for row, tokens in longer.items() if tokens in scored and tokens[-1] != end_id}
        followed = {tokens for tokens, _ in rows.values()}
        for tokens, total in sorted(scored.items(), key=lambda one: -one[1]):
            fate = "answer" if tokens == answer else "followed" if tokens in followed else "dropped"
            candidates.append(Candidate(tokens, math.exp(total), fate))
    return candidates


@dataclass
class _Step:
    """One step of the search: what each row read, how probable each next token is there, and which rows went on."""

    read: list[int]
    logs: Tensor  # (rows, vocabulary)
    parents: list[int] = field(default_factory=list)

    def best(self, row: int, begun: Scored, count: int) -> list[Scored]:
        """List the most probable ways to go on in a row."""
        tokens, total = begun
        logs, ids = self.logs[row].topk(min(count, self.logs.shape[1]))
        return [
            ((*tokens, token), total + log) for token, log in zip(ids.tolist(), logs.tolist(), strict=True) if log > -math.inf
        ]
