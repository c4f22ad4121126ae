"""Three other libraries, each with its best settings for this task, random weights and no download."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from transformers import BartConfig, BartForConditionalGeneration
from x_transformers import XTransformer

from transformer.positions import sinusoidal_table

from . import task
from .ours import System


class Plain(nn.Module):
    """``torch.nn.Transformer`` with what it lacks: embeddings, positions and the output projection."""

    positions: Tensor
    causal: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.source_embedding = nn.Embedding(task.VOCABULARY, task.D_MODEL)
        self.target_embedding = nn.Embedding(task.VOCABULARY, task.D_MODEL)
        self.dropout = nn.Dropout(task.DROPOUT)
        self.core = nn.Transformer(task.D_MODEL, task.HEADS, task.LAYERS, task.LAYERS, task.D_FF, task.DROPOUT, batch_first=True)
        for layer in (*self.core.encoder.layers, *self.core.decoder.layers):
            layer.dropout.p = 0.0  # inside the feed-forward network: the other systems have none there
        self.output = nn.Linear(task.D_MODEL, task.VOCABULARY, bias=False)
        self.register_buffer("positions", sinusoidal_table(task.POSITIONS, task.D_MODEL))
        self.register_buffer("causal", nn.Transformer.generate_square_subsequent_mask(task.POSITIONS))

    def embed(self, tokens: Tensor, embedding: nn.Embedding) -> Tensor:
        """Look up and add the positions."""
        embedded: Tensor = self.dropout(embedding(tokens) * math.sqrt(task.D_MODEL) + self.positions[: tokens.shape[1]])
        return embedded

    def encode(self, source: Tensor) -> Tensor:
        """Read the source once."""
        memory: Tensor = self.core.encoder(self.embed(source, self.source_embedding))
        return memory

    def decode(self, target: Tensor, memory: Tensor) -> Tensor:
        """Run the decoder over the whole prefix: it has no cache."""
        x, length = self.embed(target, self.target_embedding), target.shape[1]
        decoded: Tensor = self.core.decoder(x, memory, tgt_mask=self.causal[:length, :length], tgt_is_causal=True)
        return decoded


class TorchTransformer(System):
    """``torch.nn.Transformer``."""

    name = "torch.nn.Transformer"
    choices = "post-norm; no cache, so the decoder reads the whole prefix at each step"
    model: Plain

    def __init__(self) -> None:
        super().__init__(Plain())

    def scores(self, source: Tensor, shifted: Tensor) -> Tensor:
        """Score the next token at every target position."""
        scores: Tensor = self.model.output(self.model.decode(shifted, self.model.encode(source)))
        return scores

    def parts(self) -> Sequence[nn.Module]:
        """The encoder and the decoder: the module around them is never called."""
        return [self.model.core.encoder, self.model.core.decoder]

    @torch.inference_mode()
    def greedy(self, source: Tensor, length: int) -> Tensor:
        """Make so many tokens for each source; only the last position is projected."""
        self.model.eval()
        memory = self.model.encode(source)
        target = torch.full((source.shape[0], 1), task.START)
        for _ in range(length):
            scores = self.model.output(self.model.decode(target, memory)[:, -1])
            scores[:, task.END] = -torch.inf
            target = torch.cat([target, scores.argmax(dim=-1, keepdim=True)], dim=1)
        return target[:, 1:]


class Bart(System):
    """BART of Hugging Face's ``transformers``."""

    name = "transformers (BART)"
    choices = 'post-norm, learned positions, embeddings normalised; `attn_implementation="sdpa"`, `use_cache=True`'
    model: Any  # untyped, or not there where mypy runs

    def __init__(self) -> None:
        sdpa: dict[str, Any] = {"attn_implementation": "sdpa"}  # its signature does not name it
        config = BartConfig(
            vocab_size=task.VOCABULARY,
            max_position_embeddings=task.POSITIONS,
            d_model=task.D_MODEL,
            encoder_layers=task.LAYERS,
            decoder_layers=task.LAYERS,
            encoder_attention_heads=task.HEADS,
            decoder_attention_heads=task.HEADS,
            encoder_ffn_dim=task.D_FF,
            decoder_ffn_dim=task.D_FF,
            activation_function="relu",
            dropout=task.DROPOUT,
            attention_dropout=task.DROPOUT,
            pad_token_id=task.PAD,
            bos_token_id=task.START,
            decoder_start_token_id=task.START,
            eos_token_id=task.END,
            forced_eos_token_id=None,
            tie_word_embeddings=False,
            **sdpa,
        )
        model = BartForConditionalGeneration(config)
        model.model.shared = model.model.encoder.embed_tokens  # untied, it would be a third table that nothing reads
        super().__init__(model)

    def scores(self, source: Tensor, shifted: Tensor) -> Tensor:
        """Score the next token at every target position."""
        scores: Tensor = self.model(input_ids=source, decoder_input_ids=shifted, use_cache=False).logits
        return scores

    def greedy(self, source: Tensor, length: int) -> Tensor:
        """Make so many tokens for each source."""
        made: Tensor = self.model.eval().generate(
            source,
            attention_mask=torch.ones_like(source),
            num_beams=1,
            do_sample=False,
            use_cache=True,
            min_new_tokens=length,
            max_new_tokens=length,
        )
        return made[:, 1:]


class XTransformers(System):
    """``XTransformer`` of x-transformers."""

    name = "x-transformers"
    choices = "pre-norm, no biases in attention; `attn_flash=True`, `cache_kv=True`"
    model: Any

    def __init__(self) -> None:
        side = {
            "num_tokens": task.VOCABULARY,
            "max_seq_len": task.POSITIONS,
            "depth": task.LAYERS,
            "heads": task.HEADS,
            "attn_dim_head": task.D_HEAD,
            "attn_flash": True,
            "ff_mult": task.D_FF / task.D_MODEL,
            "ff_custom_activation": nn.ReLU(),
            "emb_dropout": task.DROPOUT,
            "attn_dropout": task.DROPOUT,
            "attn_sublayer_dropout": task.DROPOUT,
            "ff_sublayer_dropout": task.DROPOUT,
            "scaled_sinu_pos_emb": True,
        }
        sides = {f"{prefix}_{name}": value for prefix in ("enc", "dec") for name, value in side.items()}
        super().__init__(XTransformer(dim=task.D_MODEL, pad_value=task.PAD, **sides))

    def scores(self, source: Tensor, shifted: Tensor) -> Tensor:
        """Score the next token at every target position."""
        memory = self.model.encoder(source, return_embeddings=True)
        scores: Tensor = self.model.decoder.net(shifted, context=memory)
        return scores

    def parts(self) -> Sequence[nn.Module]:
        """The encoder and the decoder: the module around them is never called."""
        return [self.model.encoder, self.model.decoder.net]

    def greedy(self, source: Tensor, length: int) -> Tensor:
        """Make so many tokens for each source; no end is asked for."""
        start = torch.full((source.shape[0], 1), task.START)
        made: Tensor = self.model.eval().generate(source, start, length, temperature=0.0, cache_kv=True)
        return made


PEERS = (TorchTransformer, Bart, XTransformers)
