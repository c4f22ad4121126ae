"""The training loop."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from tqdm import tqdm

from transformer.checks import check_id
from transformer.loss import sequence_loss
from transformer.model import Transformer
from transformer.training.batches import Batches, Example, check_examples, pad_examples
from transformer.training.checkpoint import load_checkpoint, save_checkpoint
from transformer.training.held_out import measure_loss
from transformer.training.lock import hold_folder
from transformer.training.log import Log
from transformer.training.meter import Meter
from transformer.training.optimizer import learned_parameters, make_optimizer
from transformer.training.parallel import Process
from transformer.training.schedule import learning_rate_factor, make_schedule
from transformer.training.settings import TrainingSettings
from transformer.training.snapshots import Snapshots
from transformer.training.state import check_state
from transformer.training.weights import average_weights, check_notes, save_weights


class Trainer:
    """Train a model on pairs of sequences, with everything on disk that is needed to go on after a stop.

    In ``folder``: ``checkpoint.pt``, the newest; ``weights/``, the weights of the last few checkpoints; ``log.jsonl``; and in the
    end ``model.safetensors``, their average. A run that was killed and resumed ends with bitwise the weights of one that was not,
    on the same machine with the same number of threads and processes.

    Parameters without ``requires_grad`` stay as they are; which these are must not change while a run lasts.

    Args:
        model: The model, on the device of ``process``.
        examples: Pairs of source ids and target ids.
        settings: The choices of the run.
        folder: Where the run's files go; made if it is not there.
        start_id: The id that begins every target.
        end_id: The id that ends every target.
        process: This process and how many there are.
        held_out: Examples on which the loss is measured at each checkpoint, and nothing is learned.
        notes: Words that are kept beside the final weights.

    Raises:
        TypeError: ``start_id`` or ``end_id`` is not an int.
        ValueError: There are no examples, one does not fit the model, or a batch is too small for the processes to share;
            or an id is outside the vocabulary or stands for padding; or every parameter of the model is frozen.
    """

    def __init__(
        self,
        model: Transformer,
        examples: Sequence[Example],
        settings: TrainingSettings,
        folder: Path,
        *,
        start_id: int,
        end_id: int,
        process: Process,
        held_out: Sequence[Example] = (),
        notes: dict[str, str] | None = None,
    ) -> None:
        self.model = model
        self.examples = examples
        self.settings = settings
        self.folder = folder
        self.snapshots = Snapshots(folder, settings)
        self.process = process
        self.held_out = sorted(held_out, key=lambda example: (len(example[1]), len(example[0])))  # little padding
        self.notes = notes or {}
        self.ids = {"pad_id": model.config.pad_id, "start_id": start_id, "end_id": end_id}
        for name, token in (("start_id", start_id), ("end_id", end_id)):
            check_id(name, token, model.config.target_vocab_size)
            if token == model.config.pad_id:
                raise ValueError(f"{name} must not be pad_id = {model.config.pad_id}")
        check_examples("examples", examples, model.config)
        check_examples("held_out", held_out, model.config)
        self.batches = Batches(examples, settings.batch_size, settings.seed)
        smallest = len(examples) // len(self.batches)
        if smallest < process.count:
            raise ValueError(f"batch_size must give each of {process.count} processes an example, got batches of {smallest}")
        self.frozen = " ".join(name for name, p in model.named_parameters() if not p.requires_grad)
        self.optimizer = make_optimizer(model, settings)
        self.schedule = make_schedule(self.optimizer, settings)
        self.step = 0
        self.seconds = 0.0
        self.shared: nn.Module = DistributedDataParallel(model) if process.count > 1 else model

    @property
    def checkpoint_path(self) -> Path:
        """Where the newest checkpoint is."""
        return self.folder / "checkpoint.pt"

    @property
    def model_path(self) -> Path:
        """Where the final model is, once the run is over."""
        return self.folder / "model.safetensors"

    def run(self) -> None:
        """Train up to ``settings.steps`` and write the averaged model.

        Raises:
            FileNotFoundError: Weights of an earlier part of the run are gone.
            ValueError: Another run holds the folder; the checkpoint in it is damaged or of another run; the loss is not finite
                any more; or the run is in a state that it could not go on from.
            OSError: A file could not be written; the older checkpoint is untouched.
        """
        self.snapshots.folder.mkdir(parents=True, exist_ok=True)
        with hold_folder(self.folder, self.process):
            self._go_on()
            self._train()
            if self.process.rank == 0:
                self.snapshots.remove_old(self.step)  # again: a kill may have come before it
                self._write_model()
            self.process.wait()

    def saved_step(self) -> int:
        """Read from the disk from which step the run would go on; 0 if there is no checkpoint that can be read."""
        try:
            return int(load_checkpoint(self.checkpoint_path, limit=self._limit())["step"])
        except (OSError, ValueError):
            return 0

    def _go_on(self) -> None:
        torch.manual_seed(self.settings.seed + self.process.rank)  # dropout differs between processes
        if self.checkpoint_path.exists():
            self.load_state_dict(load_checkpoint(self.checkpoint_path, limit=self._limit()))
        self.snapshots.check(self.step)

    def _train(self) -> None:
        log = Log(self.folder / "log.jsonl", self.step) if self.process.rank == 0 else None
        meter = Meter(self.process)
        self.model.train()
        hidden = None if self.process.rank == 0 else True  # None: unless a person is watching
        with tqdm(total=self.settings.steps, initial=self.step, unit="step", disable=hidden) as bar:
            while self.step < self.settings.steps:
                learning_rate = self.optimizer.param_groups[0]["lr"]
                meter.add(*self.train_step())
                bar.update()
                save = self.step == self.settings.steps or self.step % self.settings.save_every == 0
                if save or self.step % self.settings.log_every == 0:
                    measured = meter.read(self.step)
                    self.seconds += meter.seconds
                    line = {"step": self.step, "epoch": self.batches.epoch, "learning_rate": learning_rate, **measured}
                    if save and self.held_out:
                        line["held_out_loss"] = self.measure_held_out()
                    if log is not None:
                        log.write(line)
                    bar.set_postfix(loss=f"{line['loss']:.3f}", tokens_per_second=f"{line['tokens_per_second']:.0f}")
                    if save:
                        self.save()
                    meter.restart()

    def train_step(self) -> tuple[Tensor, int]:
        """Learn from the next batch.

        Returns:
            This process's sum of the loss over its target tokens, and the number of target tokens of the whole batch.
        """
        rows = self.batches.next()
        total = sum(len(self.examples[row][1]) + 1 for row in rows)  # with the end token
        mine = [self.examples[row] for row in rows[self.process.rank :: self.process.count]]
        source, target = pad_examples(mine, **self.ids, device=self.process.device)
        logits = self.shared(source, target[:, :-1])
        loss = sequence_loss(logits, target[:, 1:], pad_id=self.ids["pad_id"], label_smoothing=self.settings.label_smoothing)
        loss_sum = loss * sum(len(example[1]) + 1 for example in mine)
        # Processes hold different numbers of tokens. DistributedDataParallel averages over processes, so each weighs its own sum
        # by the whole batch's tokens: the result is the mean over all tokens, as one process would have it.
        (loss_sum * (self.process.count / total)).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(learned_parameters(self.optimizer), self.settings.clip_norm)
        self.optimizer.step()
        self.schedule.step()
        self.optimizer.zero_grad()
        self.step += 1
        return loss_sum.detach(), total

    def measure_held_out(self) -> float:
        """Return the mean loss per token on the held-out examples, without dropout or label smoothing."""
        return measure_loss(self.model, self.held_out, batch_size=self.settings.batch_size, **self.ids)

    def save(self) -> None:
        """Write the checkpoint and this step's weights, and remove weights that the average will not need.

        Raises:
            ValueError: The run could not go on from this state, or its model could not be written in the end; so it stops at
                the first checkpoint rather than after a kill.
            OSError: A file could not be written; the older checkpoint is untouched.
        """
        state = self.state_dict()  # every process gives its part
        if self.process.rank == 0:
            check_state(self.checkpoint_path, state, state, learned_parameters(self.optimizer), len(self.batches))
            check_notes(self.model_path, self._notes())
            # The weights first: a kill in between repeats the steps since the older checkpoint and writes the same weights again.
            save_weights(self.snapshots.path(self.step), self.model.state_dict(), {})
            save_checkpoint(self.checkpoint_path, state, limit=self._limit())
            self.snapshots.remove_old(self.step)
        self.process.wait()

    def state_dict(self) -> dict[str, Any]:
        """Collect all that decides how the run goes on."""
        return {
            "config": asdict(self.model.config),  # so that another model is refused
            "settings": {**asdict(self.settings), "frozen": self.frozen},
            "step": self.step,
            "seconds": self.seconds,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),  # the moments: without them the next steps would be far too long
            "schedule": self.schedule.state_dict(),  # the learning rate
            "data": self.batches.state_dict(),  # the place in the epoch: without it examples would be seen twice
            "notes": self.notes,  # what the run began with is not known any more when it goes on
            "rng": self.process.gather_generators(),  # the dropout, of each process
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint; on an error the trainer is as it was.

        Args:
            state: What ``load_checkpoint`` returned.

        Raises:
            ValueError: ``check_state`` refuses it. ``steps`` may have grown: the run is then longer than it was meant to be.
                ``log_every`` may be another.
        """
        check_state(self.checkpoint_path, state, self.state_dict(), learned_parameters(self.optimizer), len(self.batches))
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.batches.load_state_dict(state["data"])
        self.step, self.seconds, self.notes = state["step"], state["seconds"], state["notes"]
        for group in self.optimizer.param_groups:  # in a run that grew, this step may have another learning rate
            group["lr"] = group["initial_lr"] * learning_rate_factor(self.step, self.settings)
        self.process.set_generators(state["rng"])

    def _write_model(self) -> None:
        averaged = Transformer(self.model.config)
        average_weights(self.snapshots.needed_at(self.settings.steps), averaged)
        save_weights(self.model_path, averaged.state_dict(), self._notes(), dtype=torch.float16)

    def _notes(self) -> dict[str, str]:
        return {
            "config": json.dumps(asdict(self.model.config)),
            "settings": json.dumps(asdict(self.settings)),
            "minutes": f"{self.seconds / 60:.0f}",
            **self.notes,
        }

    def _limit(self) -> int:
        """Say how many bytes a checkpoint may have: the weights, two moments of each, the notes, and what stands around them."""
        weights = sum(weight.nbytes for weight in self.model.state_dict().values())
        return 4 * weights + 4 * sum(map(len, self.notes.values())) + 10_000_000
