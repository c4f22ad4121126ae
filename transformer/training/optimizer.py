"""The optimizer of a run: AdamW, whose decay pulls at the matrices alone."""

import torch
from torch import Tensor, nn

from transformer.training.settings import TrainingSettings


def make_optimizer(model: nn.Module, settings: TrainingSettings) -> torch.optim.AdamW:
    """Make the optimizer of the parameters that learn.

    Args:
        model: Parameters without ``requires_grad`` are left out.
        settings: Its ``learning_rate`` and ``weight_decay``.

    Returns:
        Two groups: the matrices, with the decay, and the vectors, without.

    Raises:
        ValueError: Every parameter is frozen.

    Source:
        Vaswani et al. (2017), section 5.3, for betas and eps; the decay is of Loshchilov and Hutter (2019).

    Example:
        >>> settings = TrainingSettings(steps=10, warmup_steps=0, decay_steps=0, weight_decay=0.1)
        >>> [group["weight_decay"] for group in make_optimizer(nn.Linear(3, 2), settings).param_groups]
        [0.1, 0.0]
    """
    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not learned:
        raise ValueError("model must have a parameter that learns, got none with requires_grad")
    # A norm's gain or a bias has no reason to be small.
    matrices = [parameter for parameter in learned if parameter.dim() > 1]
    vectors = [parameter for parameter in learned if parameter.dim() <= 1]
    return torch.optim.AdamW(
        [{"params": matrices, "weight_decay": settings.weight_decay}, {"params": vectors, "weight_decay": 0.0}],
        lr=settings.learning_rate,
        betas=(0.9, 0.98),
        eps=1e-9,
        fused=True,
    )


def learned_parameters(optimizer: torch.optim.Optimizer) -> list[Tensor]:
    """List the parameters of an optimizer, in its order.

    Example:
        >>> learned_parameters(torch.optim.SGD([nn.Parameter(torch.zeros(2))], lr=1.0))
        [Parameter containing:
        tensor([0., 0.], requires_grad=True)]
    """
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]
