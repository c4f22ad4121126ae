"""CTranslate2 with the package's own model, exported: what one would take to serve it."""

import tempfile
from typing import Any, ClassVar

import ctranslate2
import torch
from torch import Tensor

from transformer.export.ctranslate2_files import make_spec
from transformer.export.folder import SPECIAL_NAMES

from . import task
from .ours import Ours

NAMES = [*SPECIAL_NAMES, *(str(token) for token in range(len(SPECIAL_NAMES), task.VOCABULARY))]


class Engine:
    """CTranslate2 at one precision."""

    name: ClassVar[str] = "CTranslate2, float32"
    quantization: ClassVar[str] = "float32"

    def __init__(self) -> None:
        spec: Any = make_spec(Ours().model)
        spec.register_source_vocabulary(NAMES)
        spec.register_target_vocabulary(NAMES)
        spec.config.unk_token = NAMES[task.PAD]
        spec.validate()
        spec.optimize(self.quantization)
        with tempfile.TemporaryDirectory() as folder:
            spec.save(folder)
            self.translator = ctranslate2.Translator(
                folder, device="cpu", compute_type=self.quantization, inter_threads=1, intra_threads=task.THREADS
            )

    def greedy(self, source: Tensor, length: int) -> Tensor:
        """Make so many tokens for each source."""
        found = self.translator.translate_batch(
            [[NAMES[token] for token in row] for row in source.tolist()],
            beam_size=1,
            max_input_length=0,
            min_decoding_length=length,
            max_decoding_length=length,
        )
        return torch.tensor([[NAMES.index(token) for token in result.hypotheses[0]] for result in found])


class EightBits(Engine):
    """The same with 8-bit weights and 8-bit products."""

    name = "CTranslate2, int8"
    quantization = "int8"


ENGINES = (Engine, EightBits)
