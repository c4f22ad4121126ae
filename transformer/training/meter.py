"""What a run measures between two lines of its log."""

import math
import time

import torch
from torch import Tensor

from transformer.training.parallel import Process


class Meter:
    """Sum up the loss, the tokens and the seconds since the line before.

    Args:
        process: This process; the loss is summed over all of them.

    Example:
        >>> meter = Meter(Process(0, 1, torch.device("cpu")))
        >>> meter.add(torch.tensor(6.0), tokens=4)
        >>> meter.read(step=1)["loss"]
        1.5
    """

    def __init__(self, process: Process) -> None:
        self.process = process
        self.seconds = 0.0
        self.restart()

    def restart(self) -> None:
        """Begin anew: what comes now belongs to the next line."""
        self.loss, self.tokens = torch.zeros((), device=self.process.device), 0
        self.start = time.monotonic()

    def add(self, loss: Tensor, tokens: int) -> None:
        """Count a step: this process's sum of the loss, and the tokens of the whole batch."""
        self.loss, self.tokens = self.loss + loss, self.tokens + tokens

    def read(self, step: int) -> dict[str, float]:
        """Return the mean loss and the speed, and keep the ``seconds`` that it took.

        Raises:
            ValueError: The loss is not finite.
        """
        self.seconds = time.monotonic() - self.start
        loss = float(self.process.total(self.loss)) / self.tokens
        if not math.isfinite(loss):
            raise ValueError(f"the loss became {loss} by step {step}: learning_rate may be too high")
        return {"loss": loss, "tokens_per_second": self.tokens / self.seconds}
