"""The command line: ``python -m transformer train``, ``evaluate``, ``say``, ``export`` and ``practise``."""

import sys

from transformer.practise.command import add_practise_flags
from transformer.spelling.commands import main

MORE = {"practise": ("write parts of a Transformer, checked at every save", add_practise_flags)}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], MORE))
