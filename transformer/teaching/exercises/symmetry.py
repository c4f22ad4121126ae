"""Exercises of the page on symmetry: the one matrix that decides, and whether it is symmetric."""

import torch
from torch import Tensor

from transformer.teaching.exercises.core import Exercise, Mistake


def merged_matrix(w_q: Tensor, w_k: Tensor) -> Tensor:
    """Return the matrix M for which ``x @ M @ x.T`` are the scores of ``x @ w_q.T`` with ``x @ w_k.T``, not scaled."""
    return w_q.T @ w_k


def _keys_first(w_q: Tensor, w_k: Tensor) -> Tensor:
    return w_k.T @ w_q


def _between_heads(w_q: Tensor, w_k: Tensor) -> Tensor:
    return w_q @ w_k.T


def _not_turned(w_q: Tensor, w_k: Tensor) -> Tensor:
    return w_q @ w_k


MERGED_MATRIX = Exercise(
    merged_matrix,
    inputs=(
        "torch.tensor([[1., 2.], [3., 4.]]), torch.tensor([[0., 1.], [2., 5.]])",
        "torch.arange(6.).view(2, 3), torch.tensor([[1., 0., 2.], [3., 1., 0.]])",
        "torch.arange(14.).sin().double().view(2, 7), torch.arange(14.).cos().double().view(2, 7)",
    ),
    mistakes=(
        Mistake(_keys_first, "This is the transpose: it scores query j against key i. The query's weight comes first."),
        Mistake(
            _between_heads,
            "This multiplies along d_model, and is (d_k, d_k). q @ k.T is x @ w_q.T @ w_k @ x.T: leave out both x.",
        ),
        Mistake(_not_turned, "nn.Linear computes x @ w_q.T, so the query's weight is transposed."),
    ),
)


def symmetric_scores(w_q: Tensor, w_k: Tensor) -> bool:
    """Say whether the scores of any tokens are symmetric, for a head with these weights and no biases."""
    merged = w_q.T @ w_k
    return torch.equal(merged, merged.T)


def _equal_weights(w_q: Tensor, w_k: Tensor) -> bool:
    return torch.equal(w_q, w_k)


def _small_product(w_q: Tensor, w_k: Tensor) -> bool:
    product = w_q @ w_k.T
    return torch.equal(product, product.T)


def _never(w_q: Tensor, w_k: Tensor) -> bool:  # noqa: ARG001 - the mistake is to leave them out
    return False


def _always(w_q: Tensor, w_k: Tensor) -> bool:  # noqa: ARG001 - the mistake is to leave them out
    return True


def _both_symmetric(w_q: Tensor, w_k: Tensor) -> bool:
    return all(w.shape[0] == w.shape[1] and torch.equal(w, w.T) for w in (w_q, w_k))


SYMMETRIC_SCORES = Exercise(
    symmetric_scores,
    inputs=(
        "torch.tensor([[1., 0.]]), torch.tensor([[0., 1.]])",
        "torch.tensor([[1., 2.], [3., 4.]]), torch.tensor([[1., 2.], [3., 4.]])",
        "torch.tensor([[1., 2.], [3., 4.]]), torch.tensor([[2., 4.], [-3., -4.]])",
        "torch.tensor([[1., 2.], [2., 0.]]), torch.tensor([[1., 0.], [0., 3.]])",
        "torch.eye(3), torch.eye(3).roll(1, 1)",
        "torch.arange(10.).view(2, 5), torch.arange(10.).flip(0).view(2, 5)",
    ),
    mistakes=(
        Mistake(
            _equal_weights,
            "Equal weights are enough, but not needed. Only M = w_q.T @ w_k counts: it can be symmetric although the two differ.",
        ),
        Mistake(
            _small_product,
            "w_q @ w_k.T is the wrong product. Between the tokens stands w_q.T @ w_k, which is as wide as a token.",
        ),
        Mistake(_never, "They can be: for one, if both weights are the same."),
        Mistake(_always, "In general they are not: token i looks with w_q, and is found with w_k."),
        Mistake(_both_symmetric, "The product of two symmetric matrices need not be symmetric. Ask the product."),
    ),
)
