"""Training: from examples on disk to a model that answers, with nothing lost when a run is stopped."""

from transformer.training.batches import Batches, pad_examples
from transformer.training.checkpoint import load_checkpoint, save_checkpoint
from transformer.training.log import Log, read_log
from transformer.training.parallel import Process, join_processes
from transformer.training.schedule import learning_rate_factor
from transformer.training.settings import TrainingSettings
from transformer.training.trainer import Trainer
from transformer.training.weights import average_weights, load_weights, read_notes, save_weights

__all__ = [
    "Batches",
    "Log",
    "Process",
    "Trainer",
    "TrainingSettings",
    "average_weights",
    "join_processes",
    "learning_rate_factor",
    "load_checkpoint",
    "load_weights",
    "pad_examples",
    "read_log",
    "read_notes",
    "save_checkpoint",
    "save_weights",
]
