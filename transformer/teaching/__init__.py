"""Helpers for the book's pages: errors shown as this torch prints them, pictures, and weights taken over from torch.nn.

Nothing in the model uses them.
"""

from transformer.teaching.errors import raises

__all__ = ["raises"]
