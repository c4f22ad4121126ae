"""What every system is given: one size of model, one batch, one loss, one optimizer."""

from dataclasses import dataclass

import torch
from torch import Tensor

THREADS = 2
VOCABULARY = 1000
D_MODEL = 256
HEADS = 8
D_HEAD = D_MODEL // HEADS
D_FF = 1024
LAYERS = 3
DROPOUT = 0.1
BATCH = 16
LENGTH = 48  # of the source, of the target in training, and of what decoding makes
TOKENS = BATCH * LENGTH
SHORT = 8  # tokens of one source alone, and of what decoding makes of it
POSITIONS = 64
PAD, START, END, FIRST = 0, 1, 2, 3
LABEL_SMOOTHING = 0.1
LEARNING_RATE = 5e-4
CLIP_NORM = 1.0


@dataclass(frozen=True)
class Batch:
    """Random tokens without padding; ``shifted`` is the target behind the start token, without its last token."""

    source: Tensor
    shifted: Tensor
    target: Tensor


def make_batch() -> Batch:
    """Draw the batch that every system learns again and again."""
    draws = torch.Generator().manual_seed(0)
    source = torch.randint(FIRST, VOCABULARY, (BATCH, LENGTH), generator=draws)
    target = torch.randint(FIRST, VOCABULARY, (BATCH, LENGTH), generator=draws)
    shifted = torch.cat([torch.full((BATCH, 1), START), target[:, :-1]], dim=1)
    return Batch(source, shifted, target)
