"""The whole: token ids in, a score for each next token out."""

from collections.abc import Callable, Iterable

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from transformer.checks import check_positive_number, check_tensor
from transformer.today.cache import Cache, LayerCache
from transformer.today.checks import check_positions, check_slot
from transformer.today.visible import Rule


class LanguageModel(nn.Module):
    """Put a stack of blocks between an embedding and an output.

    ``transformer.today.families`` says what published models put into these four slots.

    Args:
        embedding: Makes vectors from token ids and positions: an ``Embedding``.
        blocks: What the vectors go through in turn: ``Block`` or ``ParallelBlock``.
        norm: What they go through at the end.
        output: Makes scores from vectors: a linear layer, or ``tied(embedding)``.

    Raises:
        TypeError: What stands in a slot cannot be called.
        ValueError: There is no block.

    Source:
        Radford et al. 2019 (GPT-2), section 2.3, for a decoder without an encoder.

    Example:
        >>> from transformer.today.families import Sizes, llama
        >>> model = llama(Sizes(vocab_size=11, d_model=12, num_layers=2, num_heads=6, num_kv_heads=2, head_dim=4, d_ff=17))
        >>> tokens, cache = torch.tensor([[4, 5, 6, 7, 8]]), model.cache()
        >>> pieces = torch.cat([model(tokens[:, :3], cache), model(tokens[:, 3:], cache)], dim=1)
        >>> torch.testing.assert_close(pieces, model(tokens))
    """

    def __init__(
        self, embedding: nn.Module, blocks: Iterable[nn.Module], norm: nn.Module, output: Callable[[Tensor], Tensor]
    ) -> None:
        super().__init__()
        for name, part in (("embedding", embedding), ("norm", norm), ("output", output)):
            check_slot(name, part)
        self.embedding = embedding
        self.blocks = nn.ModuleList(blocks)
        if not self.blocks:
            raise ValueError("blocks must have at least one block, got none")
        self.norm = norm
        self.output = output

    def forward(
        self,
        tokens: Int[Tensor, "batch length"],
        cache: Cache | None = None,
        *,
        positions: Int[Tensor, "#batch length"] | None = None,
        visible: Rule | None = None,
    ) -> Float[Tensor, "batch length vocab"]:
        """Score the next token at each position.

        Args:
            tokens: Token ids of shape (batch, length).
            cache: What was kept of the tokens before these, from ``cache()``; these join it. None if ``tokens`` is all.
            positions: Where the tokens stand, (batch or 1, length); below 0 is padding in front of a text. None counts from 0,
                or goes on where the cache ends.
            visible: One more rule on who sees whom, for this call, such as ``same_document(documents)``.

        Returns:
            Logits of shape (batch, length, vocab_size).

        Raises:
            TypeError: An input has the wrong type or dtype.
            ValueError: An id is outside the vocabulary, or shapes or devices do not fit together.
        """
        check_tensor("tokens", tokens, "batch, length")
        if positions is not None:
            check_positions(positions, tokens)
        if cache is not None:
            if len(cache.layers) != len(self.blocks):
                raise ValueError(f"cache must have {len(self.blocks)} layers, one for each block, got {len(cache.layers)}")
            positions = cache.take(tokens, positions)
        elif positions is None:
            positions = torch.arange(tokens.shape[1], device=tokens.device).unsqueeze(0)
        x = self.embedding(tokens, positions)
        for index, block in enumerate(self.blocks):
            x = block(x, positions, None if cache is None else cache.layers[index], visible)
        return self.output(self.norm(x))

    def cache(self, *, padding: Int[Tensor, " batch"] | None = None, keep: Rule | None = None) -> Cache:
        """Make an empty cache with a layer for each block.

        Args:
            padding: How many tokens of padding each row begins with, (batch,). None means none.
            keep: What its layers keep, see ``LayerCache``. None keeps everything.

        Returns:
            The cache, for ``forward``.

        Raises:
            TypeError: ``padding`` is not a tensor of int64 or int32, or ``keep`` cannot be called.
            ValueError: ``padding`` is not one-dimensional, or a number in it is below 0.
        """
        return Cache([LayerCache(keep) for _ in self.blocks], padding)


class SoftCap(nn.Module):
    """Bend scores so that they stay between -cap and cap: cap * tanh(scores / cap). Their order stays.

    Args:
        cap: The bound.

    Raises:
        TypeError: ``cap`` is not a number.
        ValueError: ``cap`` is not above 0.

    Source:
        Gemma team 2024 (Gemma 2), section 2.

    Example:
        >>> SoftCap(15.0)(torch.tensor([1.0, 100.0]))
        tensor([ 0.9985, 15.0000])
    """

    def __init__(self, cap: float) -> None:
        super().__init__()
        check_positive_number("cap", cap)
        self.cap = cap

    def forward(self, scores: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """Bend each score by itself."""
        return self.cap * torch.tanh(scores / self.cap)
