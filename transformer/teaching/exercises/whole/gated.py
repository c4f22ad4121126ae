"""Whole task: the feed-forward network with a gate that language models of today have."""

import torch.nn.functional as F
from torch import Tensor

from transformer.teaching.exercises.core import Exercise, Mistake


def swiglu(x: Tensor, w_gate: Tensor, w_in: Tensor, w_out: Tensor) -> Tensor:
    """Return SwiGLU of ``x``; ``w_gate`` and ``w_in`` are (d_ff, d_model), ``w_out`` is (d_model, d_ff)."""
    return (F.silu(x @ w_gate.T) * (x @ w_in.T)) @ w_out.T


def _input_gates(x: Tensor, w_gate: Tensor, w_in: Tensor, w_out: Tensor) -> Tensor:
    return swiglu(x, w_in, w_gate, w_out)


def _sigmoid(x: Tensor, w_gate: Tensor, w_in: Tensor, w_out: Tensor) -> Tensor:
    return ((x @ w_gate.T).sigmoid() * (x @ w_in.T)) @ w_out.T


def _both_bent(x: Tensor, w_gate: Tensor, w_in: Tensor, w_out: Tensor) -> Tensor:
    return (F.silu(x @ w_gate.T) * F.silu(x @ w_in.T)) @ w_out.T


def _product_bent(x: Tensor, w_gate: Tensor, w_in: Tensor, w_out: Tensor) -> Tensor:
    return F.silu((x @ w_gate.T) * (x @ w_in.T)) @ w_out.T


def _summed(x: Tensor, w_gate: Tensor, w_in: Tensor, w_out: Tensor) -> Tensor:
    return (F.silu(x @ w_gate.T) + x @ w_in.T) @ w_out.T


def _relu(x: Tensor, w_gate: Tensor, w_in: Tensor, w_out: Tensor) -> Tensor:
    return (F.relu(x @ w_gate.T) * (x @ w_in.T)) @ w_out.T


def _gelu(x: Tensor, w_gate: Tensor, w_in: Tensor, w_out: Tensor) -> Tensor:
    return (F.gelu(x @ w_gate.T) * (x @ w_in.T)) @ w_out.T


def _not_transposed(x: Tensor, w_gate: Tensor, w_in: Tensor, w_out: Tensor) -> Tensor:
    return (F.silu(x @ w_gate) * (x @ w_in)) @ w_out


def _plain(x: Tensor, w_gate: Tensor, w_in: Tensor, w_out: Tensor) -> Tensor:  # noqa: ARG001 - the mistake is to leave it out
    return F.silu(x @ w_gate.T) @ w_out.T


def _softmax(x: Tensor, w_gate: Tensor, w_in: Tensor, w_out: Tensor) -> Tensor:
    return ((x @ w_gate.T).softmax(-1) * (x @ w_in.T)) @ w_out.T


SWIGLU = Exercise(
    swiglu,
    inputs=(
        "torch.tensor([[1.]]), torch.tensor([[2.]]), torch.tensor([[3.]]), torch.tensor([[1.]])",
        "torch.tensor([[1., 2.]]), torch.tensor([[1., 0.], [3., 1.]]), torch.tensor([[0., 1.], [-1., 1.]]), torch.eye(2)",
        "torch.tensor([[1., -200.]]), torch.eye(2), torch.tensor([[1., 0.], [0., 2.]]), torch.ones(2, 2)",
        "torch.arange(30.).sin().view(2, 5, 3), torch.arange(21.).cos().view(7, 3), torch.arange(21.).sin().view(7, 3), "
        "torch.arange(21.).cos().view(3, 7)",
    ),
    mistakes=(
        Mistake(
            _input_gates, "The other way round: SiLU goes over the gate, x @ w_gate.T, and x @ w_in.T is multiplied as it is."
        ),
        Mistake(_sigmoid, "This is GLU. In SwiGLU the activation is SiLU: the gate times its sigmoid."),
        Mistake(_both_bent, "SiLU goes over the gate alone. The other factor stays linear."),
        Mistake(_product_bent, "First SiLU of the gate, then the product: SiLU does not go over the product."),
        Mistake(_summed, "A gate multiplies, number by number."),
        Mistake(_relu, "This is ReGLU. In SwiGLU the activation is SiLU."),
        Mistake(_gelu, "This is GEGLU. In SwiGLU the activation is SiLU."),
        Mistake(_not_transposed, "The matrices lie as in nn.Linear, (out, in): transpose them, or use F.linear."),
        Mistake(_plain, "Without w_in there is nothing for the gate to multiply."),
        Mistake(_softmax, "Each number of the gate goes through SiLU by itself. Nothing is normalised."),
    ),
)
