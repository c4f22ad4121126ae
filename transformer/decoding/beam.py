"""Beam search: follow several of the best beginnings at once, for a better answer than the greedy one."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from transformer.checks import check_non_negative_number, check_positive_int
from transformer.decoding.checks import check_decoding
from transformer.decoding.evaluating import evaluating
from transformer.decoding.incremental import IncrementalDecoder
from transformer.model import Transformer

HIGHEST_PENALTY = 10  # far above it, the scores of long answers would all round to 0


def beam_search(
    model: Transformer,
    source: Int[Tensor, "batch source"],
    *,
    start_id: int,
    end_id: int,
    max_length: int,
    beam_size: int,
    length_penalty: float = 0.6,
    n_best: int = 1,
) -> tuple[Int[Tensor, "batch n_best target"], Float[Tensor, "batch n_best"]]:
    """Find target sequences of high probability, the best first.

    An answer's score is the logarithm of its probability, divided by ((5 + length) / 6) ** length_penalty. The search for an item
    stops when nothing that is still open could reach its best ``n_best`` answers. With ``beam_size`` 1 and no penalty this is
    greedy decoding. Keys and values are cached, and an item that is done costs nothing further.

    Args:
        model: The model that scores; it runs in eval mode and is given back as it came.
        source: Token ids of shape (batch, source length).
        start_id: The id that begins every target.
        end_id: The id that ends a target.
        max_length: The most tokens to make, the end token among them. An answer that is cut there competes as it stands.
        beam_size: How many beginnings are followed.
        length_penalty: 0 takes the probability as it is, which prefers short answers; more favours longer ones. At most 10.
        n_best: How many answers to return for each item, at most ``beam_size``.

    Returns:
        Ids of shape (batch, n_best, length), without the start token and with ``model.config.pad_id`` after an answer's end; and
        the scores (batch, n_best), in falling order. A place for which there is no answer holds nothing but padding, and a score
        of minus infinity.

    Raises:
        TypeError: An argument has the wrong type or dtype.
        ValueError: An id is outside its vocabulary or is the padding's, or a number is out of range.

    Source:
        Vaswani et al. 2017, section 6.1; Wu et al. 2016, section 7, equation 14, for the penalty.

    Example:
        >>> from transformer import TransformerConfig
        >>> model = Transformer(TransformerConfig(11, 13, d_model=6, num_heads=3, num_layers=2, d_ff=7))
        >>> source = torch.tensor([[4, 5, 0], [6, 7, 8]])
        >>> tokens, scores = beam_search(model, source, start_id=1, end_id=2, max_length=5, beam_size=3, n_best=2)
        >>> tokens.shape[:2], bool((scores[:, 0] >= scores[:, 1]).all())
        (torch.Size([2, 2]), True)
    """
    check_decoding(model, start_id, end_id, max_length)
    check_positive_int("beam_size", beam_size)
    check_non_negative_number("length_penalty", length_penalty)
    if length_penalty > HIGHEST_PENALTY:
        raise ValueError(f"length_penalty must be at most {HIGHEST_PENALTY}, got {length_penalty}")
    if check_positive_int("n_best", n_best) > beam_size:
        raise ValueError(f"n_best must be at most beam_size = {beam_size}, got {n_best}")
    with evaluating(model):
        decoder = IncrementalDecoder(model, source, beams=beam_size, max_length=max_length)
        search = _Search(source, model.config.pad_id, beam_size, n_best, max_length, length_penalty, decoder)
        tokens = source.new_full((source.shape[0] * beam_size,), start_id)
        for _ in range(max_length):
            scores = decoder.step(tokens).to(search.dtype).log_softmax(-1)
            scores[:, model.config.pad_id] = -torch.inf  # padding is no answer
            tokens = search.advance(scores, end_id)
            if tokens.numel() == 0:
                break
        return search.answers()


class _Search:
    """The open beginnings and the best answers of every item."""

    def __init__(
        self,
        source: Tensor,
        pad_id: int,
        beam_size: int,
        n_best: int,
        max_length: int,
        length_penalty: float,
        decoder: IncrementalDecoder,
    ) -> None:
        items = source.shape[0]
        self.decoder = decoder
        self.pad_id = pad_id
        self.beam_size = beam_size
        self.max_length = max_length
        self.length_penalty = length_penalty
        self.length = 0
        self.going = torch.arange(items, device=source.device)  # items whose search goes on
        self.open = source.new_full((items, beam_size, max_length), pad_id)
        self.done = self.open[:, :n_best].clone()
        # Sums of a hundred numbers need more digits than half precision has, whatever the model computes in.
        self.dtype = torch.promote_types(next(decoder.model.parameters()).dtype, torch.float32)
        self.open_scores = torch.full((items, beam_size), -torch.inf, dtype=self.dtype, device=source.device)
        self.open_scores[:, 0] = 0.0  # all beginnings are the same: the start token
        self.done_scores = torch.full((items, n_best), -torch.inf, dtype=self.dtype, device=source.device)

    def advance(self, scores: Tensor, end_id: int) -> Tensor:
        items, vocab = self.going.numel(), scores.shape[-1]
        totals = (self.open_scores.unsqueeze(2) + scores.view(items, self.beam_size, vocab)).flatten(1)
        # Among twice as many candidates there are always enough that do not end.
        totals, choices = totals.topk(min(2 * self.beam_size, totals.shape[1]))  # (items, candidates)
        parents, tokens = choices // vocab, choices % vocab
        sequences = self.open.gather(1, parents.unsqueeze(2).expand(-1, -1, self.max_length))
        sequences[:, :, self.length] = tokens.to(sequences.dtype)
        self.length += 1

        ends = tokens == end_id
        best = slice(self.beam_size)  # an end counts only where the beam would have followed it
        self._keep_best(sequences[:, best], totals[:, best].masked_fill(~ends[:, best], -torch.inf))

        self.open_scores, order = totals.masked_fill(ends, -torch.inf).topk(self.beam_size)
        self.open = sequences.gather(1, order.unsqueeze(2).expand(-1, -1, self.max_length))
        first_rows = torch.arange(items, device=order.device).unsqueeze(1) * self.beam_size
        self.decoder.keep_rows((first_rows + parents.gather(1, order)).flatten())

        # No open score can rise; the best that it can still become is itself at the greatest length.
        reachable = self.open_scores[:, 0] / self._penalty(self.max_length)
        left = (reachable > self.done_scores[self.going, -1]).nonzero().squeeze(1)
        if left.numel() < items:
            self.decoder.keep_items(left)
            self.going, self.open, self.open_scores = self.going[left], self.open[left], self.open_scores[left]
        return self.open[:, :, self.length - 1].flatten()

    def answers(self) -> tuple[Tensor, Tensor]:
        self._keep_best(self.open, self.open_scores)  # cut short by max_length
        nothing = self.done_scores.isneginf().unsqueeze(2)
        return self.done.masked_fill(nothing, self.pad_id)[:, :, : self.length], self.done_scores

    def _keep_best(self, sequences: Tensor, scores: Tensor) -> None:
        known = self.done_scores.shape[1]
        scores = torch.cat([self.done_scores[self.going], scores / self._penalty(self.length)], dim=1)
        sequences = torch.cat([self.done[self.going], sequences], dim=1)
        best, order = scores.topk(known)
        self.done_scores[self.going] = best
        self.done[self.going] = sequences.gather(1, order.unsqueeze(2).expand(-1, -1, self.max_length))

    def _penalty(self, length: int) -> float:
        return float(((5 + length) / 6) ** self.length_penalty)
