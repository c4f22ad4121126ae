"""The whole Transformer: token ids in, a score for every target token out."""

from jaxtyping import Float, Int
from torch import Tensor, nn

from transformer.cache import DecoderCache
from transformer.checks import check_features, check_ids, given
from transformer.config import TransformerConfig
from transformer.decoder import Decoder
from transformer.dropout import Dropout
from transformer.embedding import TokenEmbedding
from transformer.encoder import Encoder
from transformer.layer_parts import LayerArguments
from transformer.masks import padding_mask
from transformer.positions import SinusoidalPositionalEncoding


class Transformer(nn.Module):
    """Read a source and score, at each target position, which token comes next.

    Padding is found from ``config.pad_id`` and hidden on the key side; the decoder never sees the future. An item that is all
    padding gives finite outputs.

    Args:
        config: Sizes and choices.

    Raises:
        TypeError: ``config`` is not a ``TransformerConfig``.

    Source:
        Vaswani et al. 2017, section 3 and figure 1.

    Example:
        >>> import torch
        >>> model = Transformer(TransformerConfig(11, 13, d_model=6, num_heads=3, num_layers=2, d_ff=7))
        >>> source, target = torch.tensor([[4, 5, 6, 0], [7, 8, 0, 0]]), torch.tensor([[1, 2, 3], [1, 2, 0]])
        >>> model(source, target).shape
        torch.Size([2, 3, 13])
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        if not isinstance(config, TransformerConfig):
            raise TypeError(f"config must be a TransformerConfig, got {type(config).__name__}")
        self.config = config
        self.source_embedding = TokenEmbedding(config.source_vocab_size, config.d_model)
        self.target_embedding = TokenEmbedding(config.target_vocab_size, config.d_model)
        self.positions = SinusoidalPositionalEncoding(config.d_model, config.max_length)
        self.embedding_dropout = Dropout(config.dropout)
        layers: LayerArguments = {
            "d_model": config.d_model,
            "num_heads": config.num_heads,
            "d_ff": config.d_ff,
            "dropout": config.dropout,
            "norm_first": config.norm_first,
            "bias": config.bias,
            "layer_norm_eps": config.layer_norm_eps,
        }
        self.encoder = Encoder(config.num_layers, **layers)
        self.decoder = Decoder(config.num_layers, **layers)
        self.output_proj = nn.Linear(config.d_model, config.target_vocab_size, bias=False)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Tie what the config ties, and draw it anew; everything else has a ``reset_parameters`` of its own."""
        if self.config.tie_embeddings:
            self.target_embedding.embedding.weight = self.source_embedding.embedding.weight
            self.output_proj.weight = self.source_embedding.embedding.weight
            self.source_embedding.reset_parameters()

    def forward(
        self,
        source: Int[Tensor, "items source"],
        target: Int[Tensor, "batch target"],
        *,
        cache: DecoderCache | None = None,
    ) -> Float[Tensor, "batch target vocab"]:
        """Score the next token at every target position.

        Args:
            source: Token ids of shape (batch, source length).
            target: Token ids of shape (batch, target length); position t is scored from tokens 0 to t.
            cache: What was kept of the target's tokens before these, and of the source: then ``target`` holds the newest tokens
                only. None if ``target`` is all.

        Returns:
            Logits of shape (batch, target length, target_vocab_size).

        Raises:
            TypeError: An input is not a tensor of int64 or int32.
            ValueError: An id is outside its vocabulary, a sequence is too long or empty, or the batch sizes differ.
        """
        memory = self.encode(source) if cache is None or cache.memory is None else cache.memory
        if cache is not None:
            cache.memory = memory
        return self.decode(target, memory, source, **given(cache=cache))

    def encode(self, source: Int[Tensor, "batch source"]) -> Float[Tensor, "batch source d_model"]:
        """Read the source once; the result serves every decoding step.

        Args:
            source: Token ids of shape (batch, source length).

        Returns:
            The memory, (batch, source length, d_model).

        Raises:
            TypeError: ``source`` is not a tensor of int64 or int32.
            ValueError: An id is outside the vocabulary, or the source is too long or empty.
        """
        x = self._embed("source", source, self.source_embedding)
        return self.encoder(x, padding_mask(source, self.config.pad_id))

    def decode(
        self,
        target: Int[Tensor, "batch target"],
        memory: Float[Tensor, "items source d_model"],
        source: Int[Tensor, "items source"],
        *,
        cache: DecoderCache | None = None,
    ) -> Float[Tensor, "batch target vocab"]:
        """Score the next token at every target position, given what ``encode`` made of the source.

        Args:
            target: Token ids of shape (batch, target length).
            memory: What ``encode(source)`` returned.
            source: The source's token ids, which say where the memory is padding.
            cache: What was kept of the target's tokens before these. None if ``target`` is all.

        Returns:
            Logits of shape (batch, target length, target_vocab_size).

        Raises:
            TypeError: An input has the wrong type or dtype.
            ValueError: An id is outside its vocabulary, a sequence is too long or empty, or the shapes do not fit together.
        """
        x = self._embed("target", target, self.target_embedding, **given(first=cache and cache.length))
        first_call = cache is None or cache.length == 0
        if first_call:
            check_features("memory", memory, self.config.d_model, self.output_proj)
            check_ids("source", source, self.config.source_vocab_size, self.output_proj)
        rows = source.shape[0] * (1 if cache is None else cache.beams)
        if target.shape[0] != rows:
            raise ValueError(f"target and source must have the same batch size, got {target.shape[0]} and {rows}")
        if memory.shape[:2] != source.shape:
            raise ValueError(f"memory must have the source's shape {tuple(source.shape)}, got {tuple(memory.shape[:2])}")
        mask = padding_mask(target, self.config.pad_id)
        memory_mask = padding_mask(source, self.config.pad_id) if first_call else None
        masks = (mask, memory_mask) if cache is None else cache.read(mask, memory_mask)
        x = self.decoder(x, memory, *masks, **given(cache=cache))
        return self.output_proj(x)

    def _embed(self, name: str, tokens: Tensor, embedding: TokenEmbedding, *, first: int | None = None) -> Tensor:
        if not first:  # the embedding checks them too; here they get the name under which they came
            check_ids(name, tokens, embedding.vocab_size, embedding.embedding)
        if not 1 <= tokens.shape[1] + (first or 0) <= self.config.max_length:
            raise ValueError(
                f"{name} must have between 1 and max_length = {self.config.max_length} tokens, got {tokens.shape[1]}"
            )
        return self.embedding_dropout(self.positions(embedding(tokens), **given(first=first)))
