"""The command line: ``python -m transformer train``, ``evaluate``, ``say`` and ``export``."""

import sys

from transformer.spelling.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
