"""The command ``train-poet``: a model that learns to write verse."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch

from transformer.poems.corpus import SEEN, split_poems
from transformer.poems.forms import Poem
from transformer.poems.int8_file import save_int8
from transformer.poems.learner import Verse, as_examples
from transformer.poems.model import PoetSettings, make_poet
from transformer.poems.package import fetch_archive, read_poems
from transformer.poems.poem_file import save_poems
from transformer.spelling.endings import StoppedError
from transformer.spelling.options import add_setting_flags, path_of, read_values
from transformer.spelling.prepare import check_folder
from transformer.training import Trainer, join_processes, load_weights, read_notes
from transformer.training.snapshots import Snapshots

DEFAULTS = Path(__file__).with_name("pretrained") / "settings.toml"
LOOKED_AT = 500  # poems of the dev part that are measured at each checkpoint


def add_train_flags(parser: argparse.ArgumentParser) -> None:
    """Give a parser the flags of ``train-poet``, and what runs it."""
    parser.add_argument("folder", type=path_of, metavar="FOLDER", help="where the run's files go")
    parser.add_argument("--resume", action="store_true", help="go on with the run in the folder")
    parser.add_argument("--data", type=path_of, help="where the archive of the poems is, or is put by npm (FOLDER)")
    parser.add_argument("--keep-weights", action="store_true", help="keep the weights of every checkpoint, for a curve")
    parser.add_argument("--seen", type=int, default=SEEN, help="how often a character must occur to be known (%(default)s)")
    add_setting_flags(parser, PoetSettings, DEFAULTS)
    parser.set_defaults(run=run_train_poet)


def run_train_poet(arguments: argparse.Namespace) -> None:
    """Train a poet on the training part of the poems.

    Raises:
        OSError: The poems cannot be fetched, or a file cannot be read or written.
        ValueError: A setting, the folder, the archive or the state of the run is refused.
        StoppedError: A signal ended it; the message says from which step it goes on.
    """
    chosen, settings = read_values(arguments, PoetSettings)
    model_settings = PoetSettings(**chosen)
    check_folder(arguments.folder, arguments.resume, called="FOLDER")
    corpus = split_poems(read_poems(fetch_archive(arguments.data or arguments.folder)))
    characters = corpus.characters(arguments.seen)
    sizes = model_settings.sizes(len(characters))
    with join_processes() as process:
        torch.manual_seed(settings.seed)  # the same first weights in every process
        trainer = Trainer(
            make_poet(sizes).to(process.device),
            as_examples(corpus.train, characters),
            settings,
            arguments.folder,
            learner=Verse(sizes),
            process=process,
            held_out=as_examples(first_of(corpus.dev), characters),
            notes={"characters": characters.symbols},
        )
        if arguments.keep_weights:
            trainer.snapshots = AllKept(arguments.folder, settings)
        try:
            trainer.run()
        except StoppedError as stop:
            stop.args = (f"stopped at step {trainer.step}; --resume goes on from step {trainer.saved_step()}",)
            raise
    if process.rank == 0:
        poet = arguments.folder / "poet.safetensors"
        model = make_poet(sizes)
        load_weights(trainer.model_path, model)
        save_int8(poet, model, read_notes(trainer.model_path))
        save_poems(arguments.folder / "test.txt", corpus.test)
        print(f"The poet is in {poet}")


class AllKept(Snapshots):
    """The weights of all checkpoints, of which none is removed."""

    def remove_old(self, step: int) -> None:
        """Remove nothing."""


def first_of(poems: Sequence[Poem]) -> Sequence[Poem]:
    """Take the poems that are measured at each checkpoint: a few, evenly from the whole part."""
    return poems[:: max(1, len(poems) // LOOKED_AT)]
