"""A tiny run: letters to the same letters, in another alphabet."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from transformer import Transformer, TransformerConfig
from transformer.training import Process, Trainer, TrainingSettings, read_log
from transformer.training.batches import Example

ROOT = Path(__file__).parents[3]
PAD, START, END = 0, 1, 2
ALONE = Process(0, 1, torch.device("cpu"))
CONFIG = TransformerConfig(9, 9, d_model=6, num_heads=3, num_layers=1, d_ff=7, dropout=0.2, max_length=11)
SETTINGS = TrainingSettings(
    steps=13, batch_size=5, learning_rate=0.01, warmup_steps=3, decay_steps=5, save_every=4, log_every=3, average=2
)


def make_examples(count: int = 17) -> list[Example]:
    """Make pairs of 1 to 7 ids; the target is the source, read backwards."""
    generator = torch.Generator().manual_seed(7)
    lengths = torch.randint(1, 8, (count,), generator=generator).tolist()
    sources = [torch.randint(3, 9, (length,), generator=generator).tolist() for length in lengths]
    return [(source, source[::-1]) for source in sources]


def make_trainer(
    folder: Path,
    *,
    config: TransformerConfig = CONFIG,
    examples: Sequence[Example] | None = None,
    process: Process = ALONE,
    dtype: torch.dtype = torch.float32,
    held_out: Sequence[Example] = (),
    **settings: Any,
) -> Trainer:
    chosen = replace(SETTINGS, **settings)
    torch.manual_seed(chosen.seed)
    return Trainer(
        Transformer(config).to(dtype),
        make_examples() if examples is None else examples,
        chosen,
        folder,
        start_id=START,
        end_id=END,
        process=process,
        held_out=held_out,
    )


def weights_of(trainer: Trainer) -> dict[str, Tensor]:
    return {name: weight.clone() for name, weight in trainer.model.state_dict().items()}


def same_weights(ours: dict[str, Tensor], theirs: dict[str, Tensor]) -> bool:
    assert ours.keys() == theirs.keys()
    return all(torch.equal(weight, theirs[name]) for name, weight in ours.items())


def result_of(folder: Path) -> dict[str, Any]:
    """Collect what a run leaves that does not depend on the clock: bytes of the model, the state, the curve."""
    state = torch.load(folder / "checkpoint.pt", weights_only=True)
    tensors = [*state["model"].values(), *(x for moment in state["optimizer"]["state"].values() for x in moment.values())]
    return {
        "files": sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()),
        "model": (folder / "model.safetensors").read_bytes(),
        "state": [tensor.numpy().tobytes() for tensor in (*tensors, *state["rng"]["cpu"])],
        "place": (state["step"], state["data"], state["schedule"]["last_epoch"]),
        "notes": state["notes"],
        "curve": [{k: v for k, v in line.items() if k != "tokens_per_second"} for line in read_log(folder / "log.jsonl")],
    }


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """Let no file grow over ``room`` bytes: the kernel writes so many and refuses the rest, as it does when a disk is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))  # Python ignores the signal that comes with it
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def environment() -> dict[str, str]:
    """Make the environment of this project's programs: one thread, so that two runs can be compared bit by bit."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}


def run_python(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=600)
