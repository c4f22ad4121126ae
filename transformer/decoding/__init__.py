"""From scores to a sequence of tokens: greedy, with a beam, and one token at a time."""

from transformer.decoding.beam import beam_search
from transformer.decoding.greedy import greedy_decode
from transformer.decoding.incremental import IncrementalDecoder

__all__ = ["IncrementalDecoder", "beam_search", "greedy_decode"]
