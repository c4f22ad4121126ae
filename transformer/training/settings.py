"""The choices that make one training run."""

from dataclasses import dataclass

from transformer.checks import (
    check_non_negative_int,
    check_non_negative_number,
    check_positive_int,
    check_positive_number,
    check_probability,
)

SEEDS = 2**32  # what every generator of random numbers takes


@dataclass(frozen=True)
class TrainingSettings:
    """Everything that ``Trainer`` needs to know beside the model and the examples.

    The learning rate rises in ``warmup_steps``, stays, and falls to zero in the last ``decay_steps``.

    Args:
        steps: Number of optimizer steps.
        batch_size: Examples in a batch, over all processes together.
        learning_rate: The highest learning rate.
        warmup_steps: Steps in which the learning rate rises from zero.
        decay_steps: Steps at the end in which it falls to zero.
        label_smoothing: Share of the probability that is spread over the whole vocabulary, in [0, 1).
        weight_decay: AdamW's pull of the weights towards zero.
        clip_norm: The gradient's norm is cut to at most this.
        seed: Decides the first weights, the order of the examples and the dropout; below 2^32.
        save_every: Steps between two checkpoints.
        log_every: Steps between two lines of the log.
        average: How many of the last checkpoints are averaged into the final model.

    Raises:
        TypeError: A field has the wrong type.
        ValueError: A field is out of range, or warm-up and decay do not fit into ``steps``.

    Source:
        Vaswani et al. 2017, sections 5.3, 5.4 and 6.1; Loshchilov and Hutter 2019 for AdamW; Hägele et al. 2024 for the schedule.

    Example:
        >>> TrainingSettings(steps=100, warmup_steps=10, decay_steps=30).label_smoothing
        0.1
    """

    steps: int = 10_000
    batch_size: int = 256
    learning_rate: float = 1e-3
    warmup_steps: int = 500
    decay_steps: int = 3_000
    label_smoothing: float = 0.1
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    seed: int = 0
    save_every: int = 500
    log_every: int = 50
    average: int = 5

    def __post_init__(self) -> None:
        """Check every field before a long run depends on it."""
        for name in ("steps", "batch_size", "save_every", "log_every", "average"):
            check_positive_int(name, getattr(self, name))
        for name in ("warmup_steps", "decay_steps", "seed"):
            check_non_negative_int(name, getattr(self, name))
        for name in ("learning_rate", "clip_norm"):
            check_positive_number(name, getattr(self, name))
        if self.seed >= SEEDS:
            raise ValueError(f"seed must be less than {SEEDS}, got {self.seed}")
        check_probability("label_smoothing", self.label_smoothing)
        check_non_negative_number("weight_decay", self.weight_decay)
        if self.warmup_steps + self.decay_steps > self.steps:
            raise ValueError(
                f"warmup_steps and decay_steps must fit into steps = {self.steps}, "
                f"got {self.warmup_steps} + {self.decay_steps} = {self.warmup_steps + self.decay_steps}"
            )
