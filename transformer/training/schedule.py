"""The learning rate over the steps: up, along, and down."""

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from transformer.training.settings import TrainingSettings


def learning_rate_factor(step: int, settings: TrainingSettings) -> float:
    """Say which share of the highest learning rate a step gets.

    Args:
        step: The step that is about to be made, from 0.
        settings: Its ``steps``, ``warmup_steps`` and ``decay_steps``.

    Returns:
        A number in [0, 1]; 0 from ``settings.steps`` on, if there is a decay.

    Source:
        Vaswani et al. 2017, section 5.3, for the warm-up; Hägele et al. 2024 for holding the rate and then letting it fall, which
        makes a run easy to lengthen.

    Example:
        >>> settings = TrainingSettings(steps=10, warmup_steps=2, decay_steps=4)
        >>> [learning_rate_factor(step, settings) for step in range(10)]
        [0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.75, 0.5, 0.25]
    """
    factor = 1.0
    if step < settings.warmup_steps:
        factor = (step + 1) / settings.warmup_steps
    elif settings.decay_steps and step > settings.steps - settings.decay_steps:
        factor = max(settings.steps - step, 0) / settings.decay_steps
    return factor


def make_schedule(optimizer: Optimizer, settings: TrainingSettings) -> LambdaLR:
    """Attach the learning rate to an optimizer, to be stepped once after each optimizer step."""
    return LambdaLR(optimizer, lambda step: learning_rate_factor(step, settings))
