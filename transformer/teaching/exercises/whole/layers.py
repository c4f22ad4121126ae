"""Whole tasks: layer normalisation, and an encoder layer with its residual connections."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from transformer.teaching.exercises.core import Exercise, Mistake

Attend = Callable[..., Tensor]


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    """Return LayerNorm over the last dimension of ``x``."""
    centred = x - x.mean(-1, keepdim=True)
    variance = centred.square().mean(-1, keepdim=True)
    return weight * centred / (variance + eps).sqrt() + bias


def _by_n_minus_1(x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    return weight * (x - x.mean(-1, keepdim=True)) / (x.var(-1, keepdim=True) + eps).sqrt() + bias


def _eps_outside(x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    return weight * (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True, correction=0) + eps) + bias


def _both(x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    return weight * (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + eps) + bias


def _over_the_batch(x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    return weight * (x - x.mean(0)) / (x.var(0, correction=0) + eps).sqrt() + bias


def _over_all(x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    return weight * (x - x.mean()) / (x.var(correction=0) + eps).sqrt() + bias


def _not_centred(x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    return weight * x / (x.var(-1, keepdim=True, correction=0) + eps).sqrt() + bias


def _plain(x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    return layer_norm(x, torch.ones_like(weight), torch.zeros_like(bias), eps)


LAYER_NORM = Exercise(
    layer_norm,
    inputs=(
        "torch.tensor([[1., 3.]]), torch.tensor([1., 1.]), torch.tensor([0., 0.]), 1e-5",
        "torch.tensor([[4., 4.]]), torch.tensor([1., 1.]), torch.tensor([0., 0.]), 1e-5",
        "torch.tensor([[1., 2., 6.], [0., 0.1, 0.]]), torch.tensor([1., 2., 3.]), torch.tensor([0., -1., 1.]), 0.5",
        "torch.arange(210.).sin().view(2, 5, 21), torch.arange(21.).cos(), torch.arange(21.).sin(), 1e-5",
    ),
    mistakes=(
        Mistake(
            _by_n_minus_1, "The variance of LayerNorm is the mean of the squares: divided by n. torch's var divides by n - 1."
        ),
        Mistake(_eps_outside, "eps is added to the variance, inside the root."),
        Mistake(_both, "torch's std divides by n - 1, and eps belongs inside the root, beside the variance."),
        Mistake(_over_the_batch, "This is BatchNorm. LayerNorm looks at one token alone: the last dimension."),
        Mistake(_over_all, "Each token has a mean and a variance of its own: keep the last dimension with keepdim=True."),
        Mistake(_not_centred, "The mean is taken away first."),
        Mistake(_plain, "In the end each component is multiplied by its weight, and its bias is added."),
    ),
)


def encoder_layer(
    x: Tensor, mask: Tensor, attention: Attend, feed_forward: nn.Module, norm1: nn.Module, norm2: nn.Module
) -> Tensor:
    """Return what a pre-norm encoder layer makes of ``x``; ``attention(query, key, value, mask)`` returns a tensor."""
    normed = norm1(x)
    x = x + attention(normed, normed, normed, mask)
    return torch.as_tensor(x + feed_forward(norm2(x)))


def _post_norm(x: Tensor, mask: Tensor, attention: Attend, feed_forward: nn.Module, norm1: nn.Module, norm2: nn.Module) -> Tensor:
    x = norm1(x + attention(x, x, x, mask))
    return torch.as_tensor(norm2(x + feed_forward(x)))


def _normed_residual(
    x: Tensor, mask: Tensor, attention: Attend, feed_forward: nn.Module, norm1: nn.Module, norm2: nn.Module
) -> Tensor:
    x = norm1(x)
    x = norm2(x + attention(x, x, x, mask))
    return torch.as_tensor(x + feed_forward(x))


def _no_residual(
    x: Tensor, mask: Tensor, attention: Attend, feed_forward: nn.Module, norm1: nn.Module, norm2: nn.Module
) -> Tensor:
    normed = norm1(x)
    return torch.as_tensor(feed_forward(norm2(attention(normed, normed, normed, mask))))


def _queries_alone(
    x: Tensor, mask: Tensor, attention: Attend, feed_forward: nn.Module, norm1: nn.Module, norm2: nn.Module
) -> Tensor:
    x = x + attention(norm1(x), x, x, mask)
    return torch.as_tensor(x + feed_forward(norm2(x)))


def _one_norm(x: Tensor, mask: Tensor, attention: Attend, feed_forward: nn.Module, norm1: nn.Module, norm2: nn.Module) -> Tensor:  # noqa: ARG001 - the mistake is to leave it out
    normed = norm1(x)
    x = x + attention(normed, normed, normed, mask)
    return torch.as_tensor(x + feed_forward(norm1(x)))


def _no_mask(x: Tensor, mask: Tensor, attention: Attend, feed_forward: nn.Module, norm1: nn.Module, norm2: nn.Module) -> Tensor:
    return encoder_layer(x, torch.ones_like(mask), attention, feed_forward, norm1, norm2)


def _side_by_side(
    x: Tensor, mask: Tensor, attention: Attend, feed_forward: nn.Module, norm1: nn.Module, norm2: nn.Module
) -> Tensor:
    normed = norm1(x)
    return torch.as_tensor(x + attention(normed, normed, normed, mask) + feed_forward(norm2(x)))


def _modules(d_model: int) -> str:
    return (
        f"attend, nn.Sequential(nn.Linear({d_model}, 7), nn.ReLU(), nn.Linear(7, {d_model})), "
        f"nn.LayerNorm({d_model}), nn.LayerNorm({d_model}, bias=False, elementwise_affine=False, eps=0.5)"
    )


def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """Attend with one head, for the layer that is to be written."""
    return nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)


ENCODER_LAYER = Exercise(
    encoder_layer,
    inputs=(
        f"torch.tensor([[[1., 3.]]]), torch.ones(1, 1).bool(), {_modules(2)}",
        f"torch.arange(12.).sin().view(1, 3, 4), torch.tensor([True, True, False]).expand(3, 3), {_modules(4)}",
        f"torch.arange(60.).cos().view(2, 5, 6), torch.ones(5, 5).bool().tril(), {_modules(6)}",
    ),
    mistakes=(
        Mistake(_post_norm, "This is post-norm, the paper's. Pre-norm normalises what goes into a sub-layer: x + f(norm(x))."),
        Mistake(_normed_residual, "The residual is x itself. x = norm(x) loses it: only the sub-layer gets the normalised x."),
        Mistake(_no_residual, "Both sub-layers add to what came in: x + f(norm(x))."),
        Mistake(_queries_alone, "Query, key and value are all the normalised x."),
        Mistake(_one_norm, "Each sub-layer has a norm of its own."),
        Mistake(_no_mask, "The mask goes to attention."),
        Mistake(_side_by_side, "The feed-forward network reads what attention has added. Side by side is another layer."),
    ),
    names={"attend": attend},
)
