"""Who sees whom, as rules on positions.

A rule takes the positions of queries and of keys, broadcasts them, and is True where the query may attend to the key. A position
below 0 is padding in front of a text: no rule here shows it. Since a rule knows positions only, it is the same for a whole text,
for a chunk of it, and for a single token behind a cache.
"""

from collections.abc import Callable
from functools import partial

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from transformer.checks import check_id_dtype, check_non_negative_int, check_positive_int, check_tensor, known

Rule = Callable[[Tensor, Tensor], Tensor]
"""From the positions of queries, (batch or 1, 1, query, 1), and of keys, (batch or 1, 1, 1, key), to a bool mask."""


def causal(query: Int[Tensor, "*#shape"], key: Int[Tensor, "*#shape"]) -> Bool[Tensor, "*#shape"]:
    """Let a token see itself and what stands before it.

    Args:
        query: Positions of the queries.
        key: Positions of the keys, of a shape that broadcasts with it.

    Returns:
        Bool, True where the query may attend to the key.

    Source:
        Vaswani et al. 2017, section 3.2.3, for what is hidden.

    Example:
        >>> place = torch.arange(3)
        >>> causal(place[:, None], place).int()
        tensor([[1, 0, 0],
                [1, 1, 0],
                [1, 1, 1]], dtype=torch.int32)
    """
    return (key >= 0) & (key <= query)


def window(size: int) -> Rule:
    """Let a token see the last ``size`` tokens, itself among them.

    Args:
        size: How many tokens are seen. Some libraries count those before the token only: their number is one less.

    Returns:
        A rule.

    Raises:
        TypeError: ``size`` is not an int.
        ValueError: ``size`` is below 1.

    Source:
        Jiang et al. 2023 (Mistral 7B), section 2.

    Example:
        >>> place = torch.arange(4)
        >>> window(2)(place[:, None], place).int()
        tensor([[1, 0, 0, 0],
                [1, 1, 0, 0],
                [0, 1, 1, 0],
                [0, 0, 1, 1]], dtype=torch.int32)
    """
    check_positive_int("size", size)
    return partial(_sink, first=0, size=size)


def sink(first: int, size: int) -> Rule:
    """Let a token see the last ``size`` tokens, and the first few of the text too.

    Args:
        first: How many tokens at the beginning stay visible.
        size: How many of the last tokens are seen, the token itself among them.

    Returns:
        A rule.

    Raises:
        TypeError: An argument is not an int.
        ValueError: ``first`` is below 0, or ``size`` below 1.

    Source:
        Xiao et al. 2023 (attention sinks), section 3.

    Example:
        >>> place = torch.arange(5)
        >>> sink(1, 2)(place[:, None], place)[4].int()
        tensor([1, 0, 0, 1, 1], dtype=torch.int32)
    """
    check_non_negative_int("first", first)
    check_positive_int("size", size)
    return partial(_sink, first=first, size=size)


def same_document(documents: Int[Tensor, "batch length"]) -> Rule:
    """Keep texts apart that are packed into one row, whatever else is seen.

    A model takes this rule beside its own, for one call: ``model(tokens, visible=same_document(documents))``.

    Args:
        documents: The number of the text to which each position belongs, (batch, length).

    Returns:
        A rule; it says nothing about the order, which the model's own rule does.

    Raises:
        TypeError: ``documents`` is not a tensor of int64 or int32.
        ValueError: It is not two-dimensional, or, when the rule is asked, a position is beyond its length.

    Source:
        Krell et al. 2021, section 3.2.

    Example:
        >>> place = torch.arange(4)[None, None]  # (1, 1, length)
        >>> rule = same_document(torch.tensor([[0, 0, 1, 1]]))
        >>> rule(place[..., :, None], place[..., None, :])[0, 0].int()
        tensor([[1, 1, 0, 0],
                [1, 1, 0, 0],
                [0, 0, 1, 1],
                [0, 0, 1, 1]], dtype=torch.int32)
    """
    check_id_dtype("documents", check_tensor("documents", documents, "batch, length"))
    return partial(_same, documents=documents)


# Named functions and partial, no lambdas: a module that holds a rule can be pickled.


def _sink(query: Tensor, key: Tensor, *, first: int, size: int) -> Tensor:
    return causal(query, key) & ((key > query - size) | (key < first))


def _same(query: Tensor, key: Tensor, *, documents: Tensor) -> Tensor:
    for positions in (query, key):
        if known((positions >= documents.shape[1]).any(), False):
            raise ValueError(f"documents must reach position {int(positions.max())}, got length {documents.shape[1]}")
    rows = torch.arange(documents.shape[0], device=documents.device)[:, None, None, None]
    return documents[rows, query.clamp(min=0)] == documents[rows, key.clamp(min=0)]
