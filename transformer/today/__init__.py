"""What language models are made of now, as parts that are put together.

Each slot of a part takes a module or a function. What a query may attend to is a rule on positions, and a cache keeps positions
beside keys and values. ``transformer.today.families`` has published models.
"""

from transformer.today.attention import Attention, unmoved
from transformer.today.block import Block, ParallelBlock
from transformer.today.cache import Cache, LayerCache
from transformer.today.embedding import Embedding, tied, untied
from transformer.today.experts import MixtureOfExperts
from transformer.today.feed_forward import FeedForward, GatedFeedForward
from transformer.today.frequencies import interpolated, llama3_frequencies, ntk_base, rotary_frequencies
from transformer.today.int8 import Int8Linear, quantise, quantised
from transformer.today.lora import LoRALinear, add_lora, merge_lora
from transformer.today.model import LanguageModel, SoftCap
from transformer.today.positions import (
    LearnedPositions,
    Rotary,
    halves,
    neighbours,
)
from transformer.today.sampling import generate, greedy, sampled
from transformer.today.score_rules import presence_penalty, repetition_penalty, temperature, top_k, top_p
from transformer.today.speculative import accept, speculate
from transformer.today.visible import causal, same_document, sink, window
from transformer.today.weights import from_hugging_face

__all__ = [
    "Attention",
    "Block",
    "Cache",
    "Embedding",
    "FeedForward",
    "GatedFeedForward",
    "Int8Linear",
    "LanguageModel",
    "LayerCache",
    "LearnedPositions",
    "LoRALinear",
    "MixtureOfExperts",
    "ParallelBlock",
    "Rotary",
    "SoftCap",
    "accept",
    "add_lora",
    "causal",
    "from_hugging_face",
    "generate",
    "greedy",
    "halves",
    "interpolated",
    "llama3_frequencies",
    "merge_lora",
    "neighbours",
    "ntk_base",
    "presence_penalty",
    "quantise",
    "quantised",
    "repetition_penalty",
    "rotary_frequencies",
    "same_document",
    "sampled",
    "sink",
    "speculate",
    "temperature",
    "tied",
    "top_k",
    "top_p",
    "unmoved",
    "untied",
    "window",
]
