"""This package as a system of the bench, and the training step that every system shares."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from transformer import Transformer, TransformerConfig, greedy_decode, sequence_loss

from . import task


class System:
    """A model, its scores, its loss and its greedy decoding.

    Args:
        model: What is trained.
    """

    name: ClassVar[str]
    choices: ClassVar[str]

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=task.LEARNING_RATE, fused=True)

    @property
    def parameters(self) -> int:
        """The number of the model's parameters, shared ones once."""
        return sum(parameter.numel() for parameter in self.model.parameters())

    def scores(self, source: Tensor, shifted: Tensor) -> Tensor:
        """Score the next token at every target position."""
        raise NotImplementedError

    def loss(self, scores: Tensor, target: Tensor) -> Tensor:
        """Average the smoothed cross-entropy."""
        return nn.functional.cross_entropy(scores.flatten(0, 1), target.flatten(), label_smoothing=task.LABEL_SMOOTHING)

    def parts(self) -> Sequence[nn.Module]:
        """List the modules that are called from outside: ``torch.compile`` starts at each of them."""
        return [self.model]

    def greedy(self, source: Tensor, length: int) -> Tensor:
        """Make so many tokens for each source."""
        raise NotImplementedError

    def step(self, batch: task.Batch) -> float:
        """Learn once from the batch and return the loss."""
        loss = self.loss(self.scores(batch.source, batch.shifted), batch.target)
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(self.model.parameters(), task.CLIP_NORM)
        self.optimizer.step()
        self.optimizer.zero_grad()
        return loss.item()


class Ours(System):
    """This package, as it comes."""

    name = "this package"
    choices = "pre-norm; masks padding and checks every argument"
    model: Transformer

    def __init__(self) -> None:
        config = TransformerConfig(
            task.VOCABULARY,
            task.VOCABULARY,
            d_model=task.D_MODEL,
            num_heads=task.HEADS,
            num_layers=task.LAYERS,
            d_ff=task.D_FF,
            dropout=task.DROPOUT,
            max_length=task.POSITIONS,
            pad_id=task.PAD,
        )
        super().__init__(Transformer(config))
        with torch.no_grad():  # its score is always 0, and among a thousand others one is above 0: it never wins
            self.model.output_proj.weight[task.END] = 0.0

    def scores(self, source: Tensor, shifted: Tensor) -> Tensor:
        """Score the next token at every target position."""
        scores: Tensor = self.model(source, shifted)
        return scores

    def loss(self, scores: Tensor, target: Tensor) -> Tensor:
        """Average the smoothed cross-entropy with the package's own function."""
        return sequence_loss(scores, target, pad_id=task.PAD, label_smoothing=task.LABEL_SMOOTHING)

    def greedy(self, source: Tensor, length: int) -> Tensor:
        """Make so many tokens for each source."""
        return greedy_decode(self.model, source, start_id=task.START, end_id=task.END, max_length=length)
