"""The command line: ``python -m transformer train``, ``evaluate`` and ``say``."""

import sys

from transformer.spelling.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
