"""Decoding one token at a time, with a cache: nothing that a step has computed is computed again.

A causal decoder never changes its mind about the past: the keys and values of position t depend on tokens 0 to t alone. So a step
needs the newest token only, and appends its keys and values to those of the steps before. The memory does not change at all: its
keys and values are computed once.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

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
        self.model = model
        self.beams = beams
        self.length = 0  # tokens seen
        with torch.no_grad():
            memory = model.encode(source)
            mask = padding_mask(source, model.config.pad_id)  # (items, 1, 1, source)
            self._layers = [_LayerCache(layer, memory, mask, beams, max_length) for layer in model.decoder.layers]
            # A source that is all padding has values of 0 in every cache, so that it may attend: the output is 0 either way.
            allowed = mask | ~mask.any(-1, keepdim=True)
            self._mask = (
                None if bool(allowed.all()) else torch.zeros_like(mask, dtype=memory.dtype).masked_fill(~allowed, -math.inf)
            )

    @torch.no_grad()
    def step(self, tokens: Tensor) -> Tensor:
        """Read one more token in every row.

        Args:
            tokens: Ids of shape (rows,): first the start tokens, then what was chosen.

        Returns:
            Logits of shape (rows, target_vocab_size), for the token after this one.
        """
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
            layer.past = layer.past[:, rows]

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
        self.past = memory.new_empty(2, items * beams, self.heads, max_length, self.d_k)  # keys, values
        # Hidden positions become 0: whatever stood in them, NaN too, then counts for nothing.
        hidden = ~mask.transpose(-2, -1)  # (items, 1, source, 1)
        split = (items, length, self.heads, self.d_k)
        self.memory = torch.stack(
            [proj(memory).view(split).transpose(1, 2).masked_fill(hidden, 0.0) for proj in (cross.k_proj, cross.v_proj)]
        )  # (2, items, heads, source, d_k)

    def step(self, x: Tensor, position: int, mask: Tensor | None) -> Tensor:
        layer = self.layer
        x = layer.self_attention_add_norm(x, lambda y: self._attend_past(y, position))
        x = layer.cross_attention_add_norm(x, lambda y: self._attend_memory(y, mask))
        output: Tensor = layer.feed_forward_add_norm(x, layer.feed_forward)
        return output

    def _attend_past(self, y: Tensor, position: int) -> Tensor:
        projected = F.linear(y, self.weight, self.bias).view(-1, 3, self.heads, self.d_k)
        self.past[..., position, :] = projected[:, 1:].transpose(0, 1)
        key, value = self.past[..., : position + 1, :]  # (rows, heads, position + 1, d_k)
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
