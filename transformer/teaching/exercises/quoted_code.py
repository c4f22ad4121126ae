"""Exercises of the page on the quoted code: mend a formula, mend another, and write the test that would have found a leak."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from transformer.positions import sinusoidal_table
from transformer.teaching.exercises.core import Exercise, Mistake


def position_table(length: int, d_model: int) -> Tensor:
    """Return the paper's table of sines and cosines, of shape (length, d_model), for an odd ``d_model`` too."""
    even = torch.arange(0, d_model, 2)
    angle = torch.arange(length).double()[:, None] / 10000 ** (even / d_model)
    pairs = torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)  # a sine and its cosine side by side
    return pairs[:, :d_model].float()


def _quoted(length: int, d_model: int) -> Tensor:
    table = torch.zeros(length, d_model)
    position = torch.arange(length).double()
    for i in range(0, d_model, 2):
        table[:, i] = torch.sin(position / 10000 ** (2 * i / d_model))
        table[:, i + 1] = torch.cos(position / 10000 ** (2 * (i + 1) / d_model))
    return table


def _own_angle_each(length: int, d_model: int) -> Tensor:
    column = torch.arange(d_model)
    angle = torch.arange(length).double()[:, None] / 10000 ** (column / d_model)
    return torch.where(column % 2 == 0, angle.sin(), angle.cos()).float()


def _even_only(length: int, d_model: int) -> Tensor:
    table = torch.zeros(length, d_model)
    for i in range(0, d_model, 2):
        angle = torch.arange(length).double() / 10000 ** (i / d_model)
        table[:, i] = torch.sin(angle)
        table[:, i + 1] = torch.cos(angle)
    return table


def _sines_first(length: int, d_model: int) -> Tensor:
    table = sinusoidal_table(length, d_model)
    return torch.cat([table[:, 0::2], table[:, 1::2]], dim=1)


def _from_one(length: int, d_model: int) -> Tensor:
    return sinusoidal_table(length + 1, d_model)[1:]


POSITION_TABLE = Exercise(
    position_table,
    inputs=("2, 2", "3, 4", "5, 6", "5, 7", "83, 12"),
    mistakes=(
        Mistake(
            _quoted,
            "In the formula i counts pairs: 0, 1, 2. In a loop with steps of 2, i is the column: 0, 2, 4. So 2 * i doubles the "
            "exponent, and i + 1 gives the cosine another angle than its sine.",
        ),
        Mistake(
            _own_angle_each,
            "The cosine has the angle of the sine beside it: the exponent is the same for columns 0 and 1, 2 and 3.",
        ),
        Mistake(_even_only, "With an odd d_model the last sine has no column beside it for a cosine: leave that cosine out."),
        Mistake(
            _sines_first,
            "The numbers are right. The paper puts each cosine beside its sine: even columns sine, odd columns cosine.",
        ),
        Mistake(_from_one, "The first position is 0: its sines are 0 and its cosines 1."),
    ),
)


def normalise(x: Tensor, eps: float) -> Tensor:
    """Return what LayerNorm makes of the last dimension, without weight and bias."""
    return F.layer_norm(x, x.shape[-1:], eps=eps)


def _from_spread(x: Tensor, eps: float, correction: int, inside: bool) -> Tensor:
    variance = x.var(-1, keepdim=True, correction=correction)
    spread = (variance + eps).sqrt() if inside else variance.sqrt() + eps
    return (x - x.mean(-1, keepdim=True)) / spread


def _quoted_norm(x: Tensor, eps: float) -> Tensor:
    return _from_spread(x, eps, correction=1, inside=False)


def _unbiased(x: Tensor, eps: float) -> Tensor:
    return _from_spread(x, eps, correction=1, inside=True)


def _eps_outside(x: Tensor, eps: float) -> Tensor:
    return _from_spread(x, eps, correction=0, inside=False)


def _whole_tensor(x: Tensor, eps: float) -> Tensor:
    return (x - x.mean()) / (x.var(correction=0) + eps).sqrt()


def _squared_spread(x: Tensor, eps: float) -> Tensor:
    return (x - x.mean(-1, keepdim=True)) / (x.var(-1, keepdim=True, correction=0) + eps)


NORMALISE = Exercise(
    normalise,
    inputs=(
        "torch.tensor([[1., 2., 6.]]), 1e-5",
        "torch.tensor([[1., 2., 6.]]), 0.5",
        "torch.zeros(2, 3), 1e-6",
        "torch.tensor([[1., 2., 6.], [10., 40., 10.]]), 1e-5",
        "torch.arange(70.).sin().double().view(2, 7, 5).mT, 1e-5",
    ),
    mistakes=(
        Mistake(_quoted_norm, "x.std divides by d - 1, LayerNorm by d; and eps belongs inside the root, beside the variance."),
        Mistake(_unbiased, "x.std and x.var divide by d - 1, LayerNorm by d: correction=0, or unbiased=False, does that."),
        Mistake(_eps_outside, "eps belongs inside the root: the root of (variance + eps), not the root plus eps."),
        Mistake(_whole_tensor, "Each row has its own mean and variance: take both over the last dimension, with keepdim=True."),
        Mistake(_squared_spread, "The root is missing: divide by the root of the variance plus eps."),
    ),
)

Model = Callable[[Tensor], Tensor]


def sees_the_future(model: Model, x: Tensor) -> bool:
    """Say whether an output of the model depends on a later position of ``x``, which is (batch, length, width)."""
    right = model(x)
    for place in range(1, x.shape[1]):
        changed = x.clone()
        changed[:, place:] += 1
        if not torch.equal(model(changed)[:, :place], right[:, :place]):
            return True
    return False


def _last_only(model: Model, x: Tensor) -> bool:
    changed = x.clone()
    changed[:, -1] += 1
    return not torch.equal(model(changed)[:, :-1], model(x)[:, :-1])


def _first_only(model: Model, x: Tensor) -> bool:
    changed = x.clone()
    changed[:, 0] += 1
    return not torch.equal(model(changed)[:, 1:], model(x)[:, 1:])


def _any_change(model: Model, x: Tensor) -> bool:
    return not torch.equal(model(x + 1), model(x))


def _by_shape(model: Model, x: Tensor) -> bool:
    return model(x).shape != x.shape


def _in_place(model: Model, x: Tensor) -> bool:
    right = model(x)
    x[:, -1] += 1
    return not torch.equal(model(x)[:, :-1], right[:, :-1])


SEES_THE_FUTURE = Exercise(
    sees_the_future,
    inputs=(
        "lambda x: 2 * x, torch.arange(6.).view(1, 3, 2)",
        "lambda x: x.roll(-1, 1), torch.arange(6.).view(1, 3, 2)",
        "lambda x: x.cumsum(1), torch.arange(20.).view(2, 5, 2)",
        "lambda x: x.cumsum(1).roll(1, 1), torch.arange(20.).view(2, 5, 2)",
        "lambda x: x[:, [1, 1, 2, 3, 4]], torch.arange(20.).view(2, 5, 2)",
        "lambda x: x - x.mean(1, keepdim=True), torch.arange(30.).view(2, 5, 3)",
    ),
    mistakes=(
        Mistake(
            _last_only,
            "Only the last position was changed. A leak can come from any later one: change them from each place on, and look "
            "before it.",
        ),
        Mistake(
            _first_only,
            "This changes the past and looks at the future. That may change: change what comes later, look before it.",
        ),
        Mistake(_any_change, "A position's own output may change with it. Only outputs before the changed place must stay."),
        Mistake(_by_shape, "A right shape proves nothing. Change what must not matter, and look for exactly zero."),
        Mistake(
            _in_place, "x belongs to the caller: change a copy. And a leak can come from any later position, not only the last."
        ),
    ),
)
