"""Decoding one token at a time, with a cache where every module can work with one."""

import inspect

import torch
from torch import Tensor, nn

from transformer.add_norm import AddNorm
from transformer.cache import DecoderCache, is_plain, rows_of
from transformer.checks import check_id_dtype, check_indexes, check_positive_int, check_tensor
from transformer.decoder import Decoder, DecoderLayer
from transformer.decoding.checks import check_model
from transformer.dropout import Dropout
from transformer.embedding import TokenEmbedding
from transformer.encoder import Encoder, EncoderLayer
from transformer.feed_forward import FeedForward
from transformer.model import Transformer
from transformer.multi_head import MultiHeadAttention
from transformer.positions import SinusoidalPositionalEncoding

# A module whose forward is one of these makes the same of the newest tokens, with what a cache holds, as of all tokens.
STEPWISE = (
    *(Transformer, TokenEmbedding, SinusoidalPositionalEncoding, Decoder, DecoderLayer, MultiHeadAttention),
    *(AddNorm, FeedForward, Dropout, nn.Dropout, nn.Embedding, nn.Linear, nn.LayerNorm, nn.RMSNorm),
    *(nn.ReLU, nn.GELU, nn.SiLU, nn.Identity, nn.ModuleList, nn.Sequential),
)
STEPWISE_FORWARDS = {kind.forward for kind in STEPWISE}
KNOWN = {*STEPWISE, Encoder, EncoderLayer}


class IncrementalDecoder:
    """Run a model token by token; the logits are those of the model over the whole target.

    Each source item is decoded in ``beams`` rows, which share its memory: rows i * beams to (i + 1) * beams belong to item i. No
    gradient is recorded.

    A step calls the model, and so every module in it, with the newest tokens and a cache of what the older ones left. A module
    that is not the package's own, nor one of torch's common ones, may need the older tokens too. Unless its ``forward`` has an
    argument ``cache`` (``first`` in place of the positions), each step gives the model the whole target so far: slower, and the
    same. A hook gets what its module gets.

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
        self.cache = DecoderCache(max_length, beams) if takes_a_cache(model) else None
        # A tensor of inference mode is quicker, but no gradient may ever pass it: others' code, which may keep one, gets none.
        self._mode = torch.inference_mode if all(is_plain(part, KNOWN) for part in model.modules()) else torch.no_grad
        with self._mode():
            memory = model.encode(source)
        if self.cache is not None:
            self.cache.memory = memory
        self.length = 0  # tokens read
        self._source = source
        self._rows = source.shape[0] * beams
        self._target = source.new_empty(self._rows, 0)  # all tokens, where there is no cache

    def step(self, tokens: Tensor) -> Tensor:
        """Read one more token in every row.

        Args:
            tokens: Ids of shape (rows,): first the start tokens, then what was chosen.

        Returns:
            Logits of shape (rows, target_vocab_size), for the token after this one.

        Raises:
            TypeError: ``tokens`` is not a tensor of int64 or int32.
            ValueError: There is not one token for each row, ``max_length`` tokens have been read, or a token is outside the
                vocabulary.
        """
        check_id_dtype("tokens", check_tensor("tokens", tokens, "rows"))
        if tokens.numel() != self._rows:
            raise ValueError(f"tokens must have one id for each of the {self._rows} rows, got {tokens.numel()}")
        if self.length == self.max_length:
            raise ValueError(f"max_length = {self.max_length} tokens have been read, there is no room for more")
        newest = tokens.unsqueeze(1)
        with self._mode():
            if self.cache is not None:
                logits: Tensor = self.model(self._source, newest, cache=self.cache)
            else:
                self._target = torch.cat([self._target, newest], dim=1)
                logits = self.model(self._source.repeat_interleave(self.beams, 0), self._target)
        self.length += 1
        scores = logits[:, -1]
        return scores.clone() if scores.is_inference() else scores

    def keep_rows(self, rows: Tensor) -> None:
        """Let each row go on from another row's past; both must belong to the same item.

        Args:
            rows: For each row, the row whose tokens it takes over, (rows,).

        Raises:
            TypeError: ``rows`` is not a tensor of int64 or int32.
            ValueError: It has another shape, or names a row that is not there.
        """
        check_indexes("rows", rows, self._rows)
        self._rows = rows.numel()
        if self.cache is not None:
            self.cache.keep_rows(rows)
        else:
            self._target = self._target[rows]

    def keep_items(self, items: Tensor) -> None:
        """Go on with some of the items only, so that those which have ended cost nothing.

        Args:
            items: Indexes of the items to keep, in order, (items,).

        Raises:
            TypeError: ``items`` is not a tensor of int64 or int32.
            ValueError: It has another shape, or names an item that is not there.
        """
        check_indexes("items", items, len(self._source))
        self._source = self._source[items]
        self._rows = items.numel() * self.beams
        if self.cache is not None:
            self.cache.keep_items(items)
        else:
            self._target = self._target[rows_of(items, self.beams)]


def takes_a_cache(model: Transformer) -> bool:
    """Tell whether every module that reads the target gives the same for the newest tokens as for all of them."""
    if "cache" not in inspect.signature(model.decode).parameters:
        return False
    encoder = set(model.encoder.modules())
    parts = [(name, part) for name, part in model.named_modules() if part not in encoder]
    return all(_knows(part) for name, part in parts if "parametrizations" not in name.split("."))  # these make parameters


def _knows(module: nn.Module) -> bool:
    if type(module).forward in STEPWISE_FORWARDS and "forward" not in vars(module):
        return True
    return not {"cache", "first"}.isdisjoint(inspect.signature(module.forward).parameters)
