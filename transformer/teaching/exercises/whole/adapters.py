"""A whole task of adapters: LoRA."""

from collections.abc import Iterable, Sequence

import torch.nn.functional as F
from torch import Tensor

from transformer.teaching.exercises.core import Exercise, Fact, Mistake

Both = tuple[Tensor, Tensor]


def lora(x: Tensor, weight: Tensor, bias: Tensor, down: Tensor, up: Tensor, alpha: float) -> Both:
    """Return the output of a linear layer with LoRA for ``x`` (batch, d_in), and the merged weight.

    ``weight`` is (d_out, d_in) and ``bias`` (d_out,), as in ``nn.Linear``. ``down`` is (r, d_in) and ``up`` (d_out, r). The
    change counts alpha / r.
    """
    scale = alpha / down.shape[0]
    output = F.linear(x, weight, bias) + scale * (x @ down.T @ up.T)
    return output, weight + scale * up @ down


def _alpha_alone(x: Tensor, weight: Tensor, bias: Tensor, down: Tensor, up: Tensor, alpha: float) -> Both:
    return F.linear(x, weight, bias) + alpha * (x @ down.T @ up.T), weight + alpha * up @ down


def _one_over_the_width(x: Tensor, weight: Tensor, bias: Tensor, down: Tensor, up: Tensor, alpha: float) -> Both:
    scale = alpha / down.shape[1]
    return F.linear(x, weight, bias) + scale * (x @ down.T @ up.T), weight + scale * up @ down


def _not_scaled_when_merged(x: Tensor, weight: Tensor, bias: Tensor, down: Tensor, up: Tensor, alpha: float) -> Both:
    return lora(x, weight, bias, down, up, alpha)[0], weight + up @ down


def _bias_of_the_change(x: Tensor, weight: Tensor, bias: Tensor, down: Tensor, up: Tensor, alpha: float) -> Both:
    scale = alpha / down.shape[0]
    return F.linear(x, weight, bias) + scale * F.linear(x @ down.T, up, bias), weight + scale * up @ down


def _change_alone(x: Tensor, weight: Tensor, bias: Tensor, down: Tensor, up: Tensor, alpha: float) -> Both:
    scale = alpha / down.shape[0]
    return scale * (x @ down.T @ up.T) + bias, weight + scale * up @ down


def _other_way_round(x: Tensor, weight: Tensor, bias: Tensor, down: Tensor, up: Tensor, alpha: float) -> Both:
    scale = alpha / down.shape[0]
    return F.linear(x, weight, bias) + scale * (x @ down.T @ up.T), weight + scale * (up @ down).T


def _merged_in_place(x: Tensor, weight: Tensor, bias: Tensor, down: Tensor, up: Tensor, alpha: float) -> Both:
    weight += alpha / down.shape[0] * up @ down
    return F.linear(x, weight, bias), weight


def _merged_twice(x: Tensor, weight: Tensor, bias: Tensor, down: Tensor, up: Tensor, alpha: float) -> Both:
    scale = alpha / down.shape[0]
    merged = weight + scale * up @ down
    return F.linear(x, merged, bias) + scale * (x @ down.T @ up.T), merged


def _both(returned: object, _arguments: Sequence[object]) -> Iterable[Fact]:
    assert isinstance(returned, tuple)
    output, merged = returned
    return [("the output", output), ("the merged weight", merged)]


LORA = Exercise(
    lora,
    returns=tuple,
    facts=_both,
    inputs=(
        "torch.tensor([[1.]]), torch.tensor([[2.]]), torch.tensor([0.]), torch.tensor([[3.]]), torch.tensor([[4.]]), 1.",
        "torch.tensor([[1., 2.]]), torch.eye(2), torch.tensor([5., 7.]), torch.eye(2), torch.tensor([[0., 1.], [0., 0.]]), 2.",
        "torch.ones(1, 3), torch.zeros(2, 3), torch.tensor([5., 7.]), torch.ones(1, 3), torch.tensor([[0.], [0.]]), 4.",
        "torch.arange(10.).sin().view(2, 5), torch.arange(15.).cos().view(3, 5), torch.arange(3.), "
        "torch.arange(10.).cos().view(2, 5), torch.arange(6.).sin().view(3, 2), 8.",
    ),
    mistakes=(
        Mistake(_alpha_alone, "The change counts alpha / r, not alpha. The rank r is the number of rows of down."),
        Mistake(_one_over_the_width, "r is the number of rows of down, (r, d_in); its columns are the width of the input."),
        Mistake(_not_scaled_when_merged, "The merged weight gets the change with its factor alpha / r, as the output does."),
        Mistake(_bias_of_the_change, "The bias is added once: the two thin matrices have none."),
        Mistake(_change_alone, "The output of the frozen layer stays: the change is added to it."),
        Mistake(_other_way_round, "up @ down is (d_out, d_in) as weight is. It is not transposed."),
        Mistake(_merged_in_place, "The frozen weight must stay as it is: += changes the caller's tensor. Write weight + ..."),
        Mistake(_merged_twice, "The merged weight has the change in it. Add it to the output of the frozen weight, once."),
    ),
)
