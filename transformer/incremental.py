"""Decoding one token at a time, with a cache: nothing that a step has computed is computed again.

A causal decoder never changes its mind about the past: the keys and values of position t depend on tokens 0 to t alone. So a step
needs the newest token only, and appends its keys and values to those of the steps before. The memory does not change at all: its
keys and values are computed once.
"""

import math
from collections.abc import Iterable
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor

from transformer.checks import check_id_dtype, check_positive_int, check_tensor
from transformer.decoder import DecoderLayer
from transformer.masks import padding_mask
from transformer.model import Transformer


class IncrementalDecoder:
    """Run a model's decoder token by token; the logits are those of ``Transformer.decode`` over the whole target.

    Each source item is decoded in ``beams`` rows, which share its memory: rows i * beams to (i + 1) * beams belong to item i. No
    gradient is recorded.

    Args:
        model: The model, in eval mode. Its weights must not change while the decoder is in use.
        source: Token ids of shape (items, source length).
        beams: Rows for each item.
        max_length: The most tokens that a row will get, the start token among them.

    Raises:
        TypeError: An argument has the wrong type or dtype.
        ValueError: A number is below 1, ``max_length`` is above the model's, or the source is not what ``encode`` takes.

    Source:
        Shazeer 2019, section 2.4, for incremental decoding and what it costs.

    Example:
        >>> from transformer import TransformerConfig
        >>> model = Transformer(TransformerConfig(11, 13, d_model=6, num_heads=3, num_layers=2, d_ff=7)).eval()
        >>> source, target = torch.tensor([[4, 5, 0]]), torch.tensor([[1, 7, 9]])
        >>> decoder = IncrementalDecoder(model, source, beams=1, max_length=3)
        >>> steps = torch.stack([decoder.step(tokens) for tokens in target.unbind(1)], dim=1)
        >>> torch.testing.assert_close(steps, model(source, target))
    """

    def __init__(self, model: Transformer, source: Tensor, *, beams: int, max_length: int) -> None:
        check_positive_int("beams", beams)
        check_model(model, max_length)
        self.model = model
        self.beams = beams
        self.max_length = max_length
        self.length = 0  # tokens seen
        with torch.no_grad():
            memory = model.encode(source)
            mask = padding_mask(source, model.config.pad_id)  # (items, 1, 1, source)
            layers = cast(Iterable[DecoderLayer], model.decoder.layers)
            self._layers = [_LayerCache(layer, memory, mask, beams, max_length) for layer in layers]
            # A source that is all padding has values of 0 in every cache, so that it may attend: the output is 0 either way.
            hidden = ~mask & mask.any(-1, keepdim=True)
            self._mask = memory.new_zeros(mask.shape).masked_fill(hidden, -math.inf) if hidden.any() else None

    @torch.no_grad()
    def step(self, tokens: Tensor) -> Tensor:
        """Read one more token in every row.

        Args:
            tokens: Ids of shape (rows,): first the start tokens, then what was chosen. Padding among them is not hidden.

        Returns:
            Logits of shape (rows, target_vocab_size), for the token after this one.

        Raises:
            TypeError: ``tokens`` is not a tensor of int64 or int32.
            ValueError: There is not one token for each row, or ``max_length`` tokens have been read.
            IndexError: A token is outside the vocabulary.
        """
        check_id_dtype("tokens", check_tensor("tokens", tokens, "rows"))
        rows = self._layers[0].past.shape[2]
        if tokens.numel() != rows:
            raise ValueError(f"tokens must have one id for each of the {rows} rows, got {tokens.numel()}")
        if self.length == self.max_length:
            raise ValueError(f"max_length = {self.max_length} tokens have been read, there is no room for more")
        model = self.model
        x = F.embedding(tokens, model.target_embedding.embedding.weight) * math.sqrt(model.config.d_model)
        x = (x + model.positions.table[self.length].to(x.dtype)).unsqueeze(1)  # (rows, 1, d_model)
        for layer in self._layers:
            x = layer.step(x, self.length, self._mask)
        self.length += 1
        logits: Tensor = model.output_proj(model.decoder.final_norm(x))[:, 0]
        return logits

    def keep_rows(self, rows: Tensor) -> None:
        """Let each row go on from another row's past; both must belong to the same item.

        Args:
            rows: For each row, the row whose tokens it takes over, (rows,).
        """
        for layer in self._layers:
            layer.keep_rows(rows, self.length)

    def keep_items(self, items: Tensor) -> None:
        """Go on with some of the items only, so that those which have ended cost nothing.

        Args:
            items: Indexes of the items to keep, in order.
        """
        rows = (items.unsqueeze(1) * self.beams + torch.arange(self.beams, device=items.device)).flatten()
        self.keep_rows(rows)
        for layer in self._layers:
            layer.memory = layer.memory[:, items]
        if self._mask is not None:
            self._mask = self._mask[items]


def check_model(model: object, max_length: object) -> Transformer:
    """Refuse what is no Transformer, and a target longer than it can score."""
    if not isinstance(model, Transformer):
        raise TypeError(f"model must be a Transformer, got {type(model).__name__}")
    longest = model.config.max_length
    if check_positive_int("max_length", max_length) > longest:
        raise ValueError(f"max_length must be at most the model's max_length = {longest}, got {max_length}")
    return model


class _LayerCache:
    """One decoder layer, with the keys and values that it has made so far."""

    def __init__(self, layer: DecoderLayer, memory: Tensor, mask: Tensor, beams: int, max_length: int) -> None:
        self.layer = layer
        self.beams = beams
        attention, cross = layer.self_attention, layer.cross_attention
        self.heads, self.d_k = attention.num_heads, attention.d_k
        # One product for the three projections of a token costs less than three.
        projections = (attention.q_proj, attention.k_proj, attention.v_proj)
        self.weight = torch.cat([projection.weight for projection in projections])
        self.bias = torch.cat([projection.bias for projection in projections]) if attention.q_proj.bias is not None else None
        items, length = memory.shape[:2]
        # Keys and values, one slab a position: a step writes one slab, and only slabs that are full are ever copied.
        self.past = memory.new_empty(max_length, 2, items * beams, self.heads, self.d_k)
        # Hidden positions become 0: whatever stood in them, NaN too, then counts for nothing.
        hidden = ~mask.transpose(-2, -1)  # (items, 1, source, 1)
        split = (items, length, self.heads, self.d_k)
        self.memory = torch.stack(
            [proj(memory).view(split).transpose(1, 2).masked_fill(hidden, 0.0) for proj in (cross.k_proj, cross.v_proj)]
        )  # (2, items, heads, source, d_k)

    def keep_rows(self, rows: Tensor, length: int) -> None:
        kept = self.past.new_empty(*self.past.shape[:2], rows.numel(), *self.past.shape[3:])
        torch.index_select(self.past[:length], 2, rows, out=kept[:length])
        self.past = kept

    def step(self, x: Tensor, position: int, mask: Tensor | None) -> Tensor:
        layer = self.layer
        x = layer.self_attention_add_norm(x, lambda y: self._attend_past(y, position))
        x = layer.cross_attention_add_norm(x, lambda y: self._attend_memory(y, mask))
        output: Tensor = layer.feed_forward_add_norm(x, layer.feed_forward)
        return output

    def _attend_past(self, y: Tensor, position: int) -> Tensor:
        projected = F.linear(y, self.weight, self.bias).view(-1, 3, self.heads, self.d_k)
        self.past[position] = projected[:, 1:].transpose(0, 1)
        key, value = self.past[: position + 1].permute(1, 2, 3, 0, 4)  # (rows, heads, position + 1, d_k)
        output = F.scaled_dot_product_attention(projected[:, 0].unsqueeze(2), key, value)
        merged: Tensor = self.layer.self_attention.out_proj(output.view(y.shape))
        return merged

    def _attend_memory(self, y: Tensor, mask: Tensor | None) -> Tensor:
        cross = self.layer.cross_attention
        query = cross.q_proj(y).view(-1, self.beams, self.heads, self.d_k).transpose(1, 2)  # (items, heads, beams, d_k)
        key, value = self.memory
        output = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        merged: Tensor = cross.out_proj(output.transpose(1, 2).reshape(y.shape))
        return merged
