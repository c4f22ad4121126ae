"""Whole tasks: what stands in the layers of today's models."""

import torch
from torch import Tensor

from transformer.teaching.exercises.core import Exercise, Mistake


def rotary(x: Tensor, positions: Tensor, base: float, layout: str) -> Tensor:
    """Turn each pair of ``x`` (..., length, d) by its position, ``positions`` (length,).

    Pair i turns by base^(-2i / d) a position. It is numbers 2i and 2i + 1 in the layout "neighbours", numbers i and i + d / 2 in
    the layout "halves".
    """
    even = torch.arange(0, x.shape[-1], 2, dtype=torch.float32)
    angle = positions[:, None] * base ** (-even / x.shape[-1])  # (length, pairs), in float32
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    near = layout == "neighbours"
    first, second = (x[..., 0::2], x[..., 1::2]) if near else x.chunk(2, dim=-1)
    pairs = torch.stack([first * cos - second * sin, second * cos + first * sin], dim=-1)  # (..., length, pairs, 2)
    return pairs.flatten(-2) if near else pairs.mT.flatten(-2)


def _halves_always(x: Tensor, positions: Tensor, base: float, layout: str) -> Tensor:  # noqa: ARG001 - the mistake
    return rotary(x, positions, base, "halves")


def _neighbours_always(x: Tensor, positions: Tensor, base: float, layout: str) -> Tensor:  # noqa: ARG001
    return rotary(x, positions, base, "neighbours")


def _put_back_as_halves(x: Tensor, positions: Tensor, base: float, layout: str) -> Tensor:
    order = torch.cat([torch.arange(0, x.shape[-1], 2), torch.arange(1, x.shape[-1], 2)])
    turned = rotary(x, positions, base, layout)
    return turned[..., order] if layout == "neighbours" else turned


def _backwards(x: Tensor, positions: Tensor, base: float, layout: str) -> Tensor:
    return rotary(x, -positions, base, layout)


def _mirrored(x: Tensor, positions: Tensor, base: float, layout: str) -> Tensor:
    signs = torch.tensor([1, -1]).to(x.dtype)
    width = x.shape[-1] // 2
    signs = signs.repeat(width) if layout == "neighbours" else signs.repeat_interleave(width)
    return rotary(x, positions, base, layout) * signs


def _double_exponent(x: Tensor, positions: Tensor, base: float, layout: str) -> Tensor:
    return rotary(x, positions, base**2, layout)


def _half_exponent(x: Tensor, positions: Tensor, base: float, layout: str) -> Tensor:
    return rotary(x, positions, base**0.5, layout)


def _from_zero(x: Tensor, positions: Tensor, base: float, layout: str) -> Tensor:
    return rotary(x, torch.arange(len(positions)), base, layout)


def _one_speed(x: Tensor, positions: Tensor, base: float, layout: str) -> Tensor:  # noqa: ARG001
    return rotary(x, positions, 1.0, layout)


def _counted_in_half(x: Tensor, positions: Tensor, base: float, layout: str) -> Tensor:
    return rotary(x, positions.to(x.dtype).long(), base, layout)


ROTARY = Exercise(
    rotary,
    inputs=(
        "torch.tensor([[1., 0.]]), torch.tensor([1]), 10000., 'halves'",
        "torch.tensor([[1., 0., 0., 0.]]), torch.tensor([3]), 100., 'neighbours'",
        "torch.tensor([[1., 2., 3., 4.]]), torch.tensor([3]), 100., 'halves'",
        "torch.tensor([[1., 0.], [0., 1.]]), torch.tensor([0, 2]), 10000., 'neighbours'",
        "torch.arange(12.).sin().view(2, 6), torch.tensor([5, 6]), 10000., 'neighbours'",
        "torch.arange(16.).cos().view(2, 8).half(), torch.tensor([2049, 4099]), 500000., 'halves'",
        "torch.arange(240.).sin().view(2, 3, 5, 8), torch.arange(5) + 300, 10000., 'halves'",
    ),
    mistakes=(
        Mistake(_halves_always, "In the layout 'neighbours', a pair is numbers 2i and 2i + 1: x[..., 0::2] and x[..., 1::2]."),
        Mistake(
            _neighbours_always, "In the layout 'halves', a pair is numbers i and i + d / 2: the chunks of the last dimension."
        ),
        Mistake(_put_back_as_halves, "The turned numbers go back to where they came from: stack them in pairs, then flatten."),
        Mistake(_backwards, "The other way round: first * cos - second * sin, and second * cos + first * sin."),
        Mistake(_mirrored, "The second number is second * cos + first * sin. With other signs it is a mirror, no rotation."),
        Mistake(
            _double_exponent, "Pair i has the exponent -2i / d. If i counts columns already, as in arange(0, d, 2), it is -i / d."
        ),
        Mistake(_half_exponent, "Pair i has the exponent -2i / d: the slowest pair comes near to 1 / base."),
        Mistake(
            _from_zero, "The angles are those of positions, which need not begin at 0: a cache reads on in the middle of a text."
        ),
        Mistake(_one_speed, "Each pair has a speed of its own."),
        Mistake(
            _counted_in_half,
            "In half precision neighbouring positions become one. Compute the angles in float32, then round cos and sin.",
        ),
    ),
)


def rms_norm(x: Tensor, gain: Tensor, eps: float) -> Tensor:
    """Return RMSNorm over the last dimension of ``x``, in the dtype of ``x``."""
    wide = x.float()
    return (gain * wide * (wide.square().mean(-1, keepdim=True) + eps).rsqrt()).to(x.dtype)


def _centred(x: Tensor, gain: Tensor, eps: float) -> Tensor:
    return rms_norm(x - x.mean(-1, keepdim=True), gain, eps)


def _eps_beside_the_root(x: Tensor, gain: Tensor, eps: float) -> Tensor:
    wide = x.float()
    return (gain * wide / (wide.square().mean(-1, keepdim=True).sqrt() + eps)).to(x.dtype)


def _no_eps(x: Tensor, gain: Tensor, eps: float) -> Tensor:  # noqa: ARG001
    return rms_norm(x, gain, 0.0)


def _by_length(x: Tensor, gain: Tensor, eps: float) -> Tensor:
    wide = x.float()
    return (gain * wide * (wide.square().sum(-1, keepdim=True) + eps).rsqrt()).to(x.dtype)


def _of_everything(x: Tensor, gain: Tensor, eps: float) -> Tensor:
    wide = x.float()
    return (gain * wide * (wide.square().mean() + eps).rsqrt()).to(x.dtype)


def _no_root(x: Tensor, gain: Tensor, eps: float) -> Tensor:
    wide = x.float()
    return (gain * wide / (wide.square().mean(-1, keepdim=True) + eps)).to(x.dtype)


def _no_gain(x: Tensor, gain: Tensor, eps: float) -> Tensor:
    return rms_norm(x, torch.ones_like(gain), eps)


def _one_more(x: Tensor, gain: Tensor, eps: float) -> Tensor:
    return rms_norm(x, 1 + gain, eps)


def _squared_in_half(x: Tensor, gain: Tensor, eps: float) -> Tensor:
    return gain.to(x.dtype) * x * (x.square().mean(-1, keepdim=True) + eps).rsqrt()


def _left_wide(x: Tensor, gain: Tensor, eps: float) -> Tensor:
    return rms_norm(x.float(), gain, eps)


RMS_NORM = Exercise(
    rms_norm,
    inputs=(
        "torch.tensor([[1., 7.]]), torch.tensor([1., 1.]), 1e-6",
        "torch.tensor([[0., 0.]]), torch.tensor([1., 1.]), 1e-6",
        "torch.tensor([[3., -4.]]), torch.tensor([2., 0.5]), 0.5",
        "torch.tensor([[300., -300.]]).half(), torch.tensor([1., 2.]), 1e-6",
        "torch.tensor([[1., 2., 6.], [0., 0.1, 0.]]), torch.tensor([1., 2., 3.]), 0.1",
        "torch.arange(210.).sin().view(2, 5, 21), torch.arange(21.).cos(), 1e-5",
    ),
    mistakes=(
        Mistake(_centred, "This is LayerNorm without its bias. RMSNorm does not take the mean away."),
        Mistake(_eps_beside_the_root, "eps is added to the mean of the squares, inside the root."),
        Mistake(_no_eps, "A vector of zeros must not become NaN: add eps to the mean of the squares."),
        Mistake(_by_length, "Divide by the root of the mean of the squares. The sum gives length 1."),
        Mistake(_of_everything, "Each vector has a mean of its own: the last dimension, with keepdim=True."),
        Mistake(_no_root, "Divide by the root of the mean of the squares."),
        Mistake(_no_gain, "In the end each number is multiplied by its gain."),
        Mistake(_one_more, "A gain is a gain here. Gemma stores it minus 1."),
        Mistake(_squared_in_half, "300 * 300 is too large for float16. Take the squares in float32, and go back at the end."),
        Mistake(_left_wide, "The output has the dtype of x."),
    ),
)
