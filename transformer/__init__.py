"""A Transformer small enough to read and exact enough to check against torch.nn.

The parts follow "Attention Is All You Need" (Vaswani et al., 2017). Names come from the paper where it has one, and from
``torch.nn`` otherwise. Every tensor is batch first. Every mask is boolean, four-dimensional, and True where attending is allowed.
"""

from transformer.attention import attention_weights, scaled_dot_product_attention
from transformer.config import TransformerConfig
from transformer.decoder import Decoder, DecoderLayer
from transformer.decoding import beam_search, greedy_decode
from transformer.dropout import Dropout
from transformer.embedding import TokenEmbedding
from transformer.encoder import Encoder, EncoderLayer
from transformer.feed_forward import FeedForward
from transformer.loss import sequence_loss
from transformer.masks import causal_mask, padding_mask
from transformer.model import Transformer
from transformer.multi_head import MultiHeadAttention
from transformer.positions import SinusoidalPositionalEncoding

__all__ = [
    "Decoder",
    "DecoderLayer",
    "Dropout",
    "Encoder",
    "EncoderLayer",
    "FeedForward",
    "MultiHeadAttention",
    "SinusoidalPositionalEncoding",
    "TokenEmbedding",
    "Transformer",
    "TransformerConfig",
    "attention_weights",
    "beam_search",
    "causal_mask",
    "greedy_decode",
    "padding_mask",
    "scaled_dot_product_attention",
    "sequence_loss",
]
