"""How poems become a loss: a form is read, and each character is predicted from those before it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from transformer.loss import sequence_loss
from transformer.poems.forms import FIRST_FORM, FORMS, PAD_ID, SPECIAL, Characters, Poem
from transformer.today.families import Sizes
from transformer.training.batches import Example


@dataclass(frozen=True)
class Verse:
    """A language model that reads a form and predicts the characters one by one.

    Args:
        sizes: How large the model is.

    Source:
        Radford et al. 2019 (GPT-2), section 2.

    Example:
        >>> from transformer.poems.model import PoetSettings, make_poet
        >>> sizes = PoetSettings(d_model=12, num_heads=3, num_kv_heads=1, head_dim=4, d_ff=17).sizes(100)
        >>> poem = ([2], list(range(6, 26)))  # a form, and its characters
        >>> Verse(sizes).loss(make_poet(sizes), [poem], device=torch.device("cpu")).shape
        torch.Size([])
    """

    sizes: Sizes

    @property
    def config(self) -> dict[str, Any]:
        """The sizes of the model."""
        return asdict(self.sizes)

    def check(self, name: str, examples: Sequence[Example]) -> None:
        """Refuse what is no form with its characters.

        Raises:
            ValueError: Naming the first such example.
        """
        for row, (form, characters) in enumerate(examples):
            if len(form) != 1 or not FIRST_FORM <= form[0] < SPECIAL or len(characters) != FORMS[form[0] - FIRST_FORM].length:
                raise ValueError(f"{name}[{row}] must be a form and its characters, got {list(form)} and {len(characters)}")
            for token in characters:
                if not PAD_ID < token < self.sizes.vocab_size:
                    raise ValueError(f"{name}[{row}] must have ids in [1, {self.sizes.vocab_size}), got {token}")

    def count(self, example: Example) -> int:
        """Count the characters."""
        return len(example[1])

    def loss(
        self, model: nn.Module, examples: Sequence[Example], *, label_smoothing: float = 0.0, device: torch.device
    ) -> Tensor:
        """Compute the mean loss over the characters. A batch of one form has no padding; at most three of an epoch have some."""
        rows = [torch.tensor([*form, *characters]) for form, characters in examples]
        tokens = pad_sequence(rows, batch_first=True, padding_value=PAD_ID).to(device)
        return sequence_loss(model(tokens[:, :-1]), tokens[:, 1:], pad_id=PAD_ID, label_smoothing=label_smoothing)


def as_examples(poems: Iterable[Poem], characters: Characters) -> list[Example]:
    """Turn poems into forms and characters.

    Example:
        >>> as_examples([("春夏秋冬春",) * 4], Characters("春夏秋冬"))[0][0]
        [2]
    """
    encoded = map(characters.encode, poems)
    return [(ids[:1], ids[1:]) for ids in encoded]
