"""The subcommand ``export``."""

import argparse

from transformer.export.engines import NEEDED, QUANTIZATIONS, export
from transformer.spelling.options import path_of
from transformer.spelling.speller import PRETRAINED, Speller


def add_export_flags(parser: argparse.ArgumentParser) -> None:
    """Give a parser the flags of ``export``, and what runs it."""
    parser.add_argument("folder", type=path_of, metavar="FOLDER", help="where the files go: a new name, or an empty folder")
    parser.add_argument("--to", dest="engine", choices=tuple(NEEDED), required=True, help="the engine")
    parser.add_argument("--model", type=path_of, default=PRETRAINED, help="a trained model (the shipped one)")
    parser.add_argument("--quantization", choices=QUANTIZATIONS, default="float32", help="how weights are written (%(default)s)")
    parser.set_defaults(run=run_export)


def run_export(arguments: argparse.Namespace) -> None:
    """Write a model's files for an engine."""
    speller = Speller.load(arguments.model)
    export(speller, arguments.engine, arguments.folder, quantization=arguments.quantization)
    print(f"The model for {arguments.engine} is in {arguments.folder}: README.md there shows how to ask it")
