"""Batches of examples of like length, in an order that a checkpoint can take up again."""

import zlib
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from transformer.checks import check_non_negative_int, check_positive_int
from transformer.config import TransformerConfig

Example = tuple[Sequence[int], Sequence[int]]  # source ids, target ids without start and end


class Batches:
    """An endless stream of batches: every example once an epoch, neighbours in length together, batches in random order.

    The order depends on ``seed`` and on the epoch alone. A batch holds at most ``batch_size`` examples; all batches are of nearly
    one size, so that none is a small rest.

    Args:
        examples: Pairs of source ids and target ids.
        batch_size: The most examples in a batch.
        seed: Decides the order.

    Raises:
        TypeError: ``batch_size`` or ``seed`` is not an int.
        ValueError: There are no examples, or a number is out of range.

    Source:
        Vaswani et al. 2017, section 5.1: pairs are batched together by length.

    Example:
        >>> batches = Batches([([5], [6]), ([5, 6, 7], [8, 9]), ([7], [9])], batch_size=2, seed=0)
        >>> sorted(map(sorted, (batches.next(), batches.next())))
        [[0, 2], [1]]
    """

    def __init__(self, examples: Sequence[Example], batch_size: int, seed: int) -> None:
        check_positive_int("batch_size", batch_size)
        check_non_negative_int("seed", seed)
        if not examples:
            raise ValueError("examples must hold at least one pair of source and target, got none")
        self.lengths = [(len(target), len(source)) for source, target in examples]
        self.checksum = zlib.crc32(repr([(list(source), list(target)) for source, target in examples]).encode())
        self.batch_size = batch_size
        self.seed = seed
        self.epoch = 0
        self.position = 0
        self._order = self._shuffled()

    def __len__(self) -> int:
        """Count the batches of an epoch."""
        return -(-len(self.lengths) // self.batch_size)

    def next(self) -> list[int]:
        """Return the next batch.

        Returns:
            Indexes into the examples.
        """
        if self.position == len(self):
            self.epoch, self.position = self.epoch + 1, 0
            self._order = self._shuffled()
        self.position += 1
        return self._order[self.position - 1]

    def state_dict(self) -> dict[str, int]:
        """Say where in the stream we are, and of which examples it is."""
        return {"epoch": self.epoch, "position": self.position, "examples": self.checksum}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Go on where a stream with this state was; on an error this stream is as it was.

        Raises:
            TypeError: A number of the state is not an int.
            ValueError: The state lacks a number, or is of other examples.
        """
        for name in self.state_dict():
            if name not in state:
                raise ValueError(f"state must hold {', '.join(self.state_dict())}, got {', '.join(state) or 'nothing'}")
            check_non_negative_int(name, state[name])
        if state["examples"] != self.checksum:
            raise ValueError(f"examples must have the checksum {self.checksum} of these examples, got {state['examples']}")
        if state["position"] > len(self):
            raise ValueError(f"position must be in [0, {len(self)}], the batches of an epoch, got {state['position']}")
        self.epoch, self.position = state["epoch"], state["position"]
        self._order = self._shuffled()

    def _shuffled(self) -> list[list[int]]:
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + self.epoch)
        order = torch.randperm(len(self.lengths), generator=generator, device="cpu").tolist()  # whatever the default device
        order.sort(key=self.lengths.__getitem__)  # stable: equals stay shuffled
        batches = [rows.tolist() for rows in torch.tensor(order, device="cpu").tensor_split(len(self))]
        return [batches[i] for i in torch.randperm(len(batches), generator=generator, device="cpu").tolist()]


def check_examples(name: str, examples: Sequence[Example], config: TransformerConfig) -> None:
    """Refuse examples that the model could not read, before a long run comes to them.

    Args:
        name: What the examples are called in the message.
        examples: Pairs of source ids and target ids.
        config: The model's vocabularies, its ``max_length`` and its ``pad_id``.

    Raises:
        ValueError: A source is empty, a source or a target is too long, or an id is outside its vocabulary or stands for padding.
    """
    sizes = (config.source_vocab_size, config.target_vocab_size)
    bounds = ((1, config.max_length), (0, config.max_length - 1))  # a target gets a start or an end
    for row, example in enumerate(examples):
        for side, ids, size, (least, most) in zip(("source", "target"), example, sizes, bounds, strict=True):
            if not least <= len(ids) <= most:
                raise ValueError(f"{name}[{row}] must have a {side} of {least} to {most} ids, got {len(ids)}")
            for token in ids:
                if not 0 <= token < size or token == config.pad_id:
                    raise ValueError(
                        f"{name}[{row}] must have {side} ids in [0, {size}) but for pad_id = {config.pad_id}, got {token}"
                    )


def pad_examples(
    examples: Sequence[Example], *, pad_id: int, start_id: int, end_id: int, device: torch.device | None = None
) -> tuple[Tensor, Tensor]:
    """Make tensors of examples, every target between a start and an end, with padding after the shorter ones.

    Args:
        examples: Pairs of source ids and target ids.
        pad_id: The id that stands for padding.
        start_id: The id that begins every target.
        end_id: The id that ends every target.
        device: Where the tensors go.

    Returns:
        Source ids (batch, source length) and target ids (batch, target length).

    Example:
        >>> source, target = pad_examples([([5, 6], [7]), ([5], [])], pad_id=0, start_id=1, end_id=2)
        >>> source.tolist(), target.tolist()
        ([[5, 6], [5, 0]], [[1, 7, 2], [1, 2, 0]])
    """
    sources = [torch.tensor(source, dtype=torch.long) for source, _ in examples]
    targets = [torch.tensor([start_id, *target, end_id]) for _, target in examples]
    source = pad_sequence(sources, batch_first=True, padding_value=pad_id)
    target = pad_sequence(targets, batch_first=True, padding_value=pad_id)
    return source.to(device), target.to(device)
