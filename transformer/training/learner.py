"""What a run must know of the kind of its model: how examples become a loss."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from transformer.checks import check_id
from transformer.config import TransformerConfig
from transformer.loss import sequence_loss
from transformer.training.batches import Example, check_examples, pad_examples


class Learner(Protocol):
    """What ``Trainer`` asks: which model it is, whether it can read an example, how many tokens it predicts, and the loss."""

    @property
    def config(self) -> dict[str, Any]:
        """What decides the model's shape, as plain values; a run goes on with the same alone."""

    def check(self, name: str, examples: Sequence[Example]) -> None:
        """Refuse examples that the model could not read; ``name`` is what they are called in the message."""

    def count(self, example: Example) -> int:
        """Count the tokens that are predicted of an example."""

    def loss(
        self, model: nn.Module, examples: Sequence[Example], *, label_smoothing: float = 0.0, device: torch.device
    ) -> Tensor:
        """Compute the mean loss over the predicted tokens of some examples."""


@dataclass(frozen=True)
class Translation:
    """A Transformer that reads a source and predicts each next token of a target between a start and an end.

    Args:
        model: The vocabularies, the longest length and the padding's id.
        start_id: The id that begins every target.
        end_id: The id that ends every target.

    Raises:
        TypeError: An id is not an int.
        ValueError: An id is outside the vocabulary, or stands for padding.

    Source:
        Vaswani et al. 2017, sections 3.1 and 5.

    Example:
        >>> from transformer import Transformer
        >>> config = TransformerConfig(9, 9, d_model=6, num_heads=3, num_layers=1, d_ff=7)
        >>> learner = Translation(config, start_id=1, end_id=2)
        >>> learner.loss(Transformer(config), [([5, 6], [7]), ([5], [])], device=torch.device("cpu")).shape
        torch.Size([])
    """

    model: TransformerConfig
    start_id: int
    end_id: int

    def __post_init__(self) -> None:
        for name in ("start_id", "end_id"):
            token = getattr(self, name)
            check_id(name, token, self.model.target_vocab_size)
            if token == self.model.pad_id:
                raise ValueError(f"{name} must not be pad_id = {self.model.pad_id}")

    @property
    def config(self) -> dict[str, Any]:
        """The fields of the model's configuration."""
        return asdict(self.model)

    def check(self, name: str, examples: Sequence[Example]) -> None:
        """Refuse what ``check_examples`` refuses."""
        check_examples(name, examples, self.model)

    def count(self, example: Example) -> int:
        """Count the target's tokens and its end."""
        return len(example[1]) + 1

    def loss(
        self, model: nn.Module, examples: Sequence[Example], *, label_smoothing: float = 0.0, device: torch.device
    ) -> Tensor:
        """Compute the mean loss over the tokens of the targets; padding counts for nothing."""
        pad_id = self.model.pad_id
        source, target = pad_examples(examples, pad_id=pad_id, start_id=self.start_id, end_id=self.end_id, device=device)
        logits = model(source, target[:, :-1])
        return sequence_loss(logits, target[:, 1:], pad_id=pad_id, label_smoothing=label_smoothing)
