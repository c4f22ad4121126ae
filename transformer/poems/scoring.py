"""The command ``evaluate-poet``: the figures of a poet, recorded or compared with a record."""

import argparse
from pathlib import Path

from transformer.poems.corpus import split_poems
from transformer.poems.evaluate import PoetEvaluation, evaluate_poet, follow_training
from transformer.poems.package import fetch_archive, read_poems
from transformer.poems.poet import PRETRAINED, Poet
from transformer.spelling.evaluate import digest_of
from transformer.spelling.options import path_of


def add_evaluate_flags(parser: argparse.ArgumentParser) -> None:
    """Give a parser the flags of ``evaluate-poet``, and what runs it."""
    parser.add_argument("--data", type=path_of, required=True, help="where the archive of the poems is, or is put by npm")
    parser.add_argument("--model", type=path_of, default=PRETRAINED, help="a trained poet (the shipped one)")
    parser.add_argument("--weights", type=path_of, metavar="FOLDER", help="kept weights of its run, for the curve (no curve)")
    parser.add_argument("--seed", type=int, default=0, help="decides what is drawn (%(default)s)")
    parser.add_argument("--record", type=path_of, metavar="FILE", help="write the figures there")
    parser.add_argument("--check", type=path_of, metavar="FILE", help="fail if the figures there are others")
    parser.set_defaults(run=run_evaluate_poet)


def run_evaluate_poet(arguments: argparse.Namespace) -> None:
    """Print the figures; record them, or compare them with a record.

    Raises:
        OSError: The poems cannot be fetched, or a file cannot be read or written.
        ValueError: A file is damaged, or the record says something else.
    """
    if arguments.check:
        PoetEvaluation.load(arguments.check)  # told now, not after minutes
    poet, kept = Poet.load(arguments.model), weights_in(arguments.weights)
    archive = fetch_archive(arguments.data)
    corpus = split_poems(read_poems(archive))
    found = PoetEvaluation(
        weights=digest_of(arguments.model),
        archive=digest_of(archive),
        seed=arguments.seed,
        **evaluate_poet(poet, corpus, arguments.seed),
        curve=follow_training(poet, kept, corpus, arguments.seed),
    )
    print(found)
    if arguments.record:
        found.save(arguments.record)
    if arguments.check:
        found.check(arguments.check)
        print(f"as {arguments.check} says")


def weights_in(folder: Path | None) -> list[Path]:
    """List the weights that a run has kept.

    Raises:
        ValueError: The folder holds none.
    """
    if folder is None:
        return []
    found = sorted(folder.glob("step-*.safetensors"))
    if not found:
        raise ValueError(f"--weights {folder} holds no step-*.safetensors")
    return found
