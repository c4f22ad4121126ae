"""The command line: ``python -m transformer`` with one of the words that ``--help`` lists."""

import sys

from transformer.poems.compose import add_compose_flags
from transformer.poems.scoring import add_evaluate_flags
from transformer.poems.train import add_train_flags
from transformer.practise.command import add_practise_flags
from transformer.spelling.commands import main

MORE = {
    "train-poet": ("train a model on poems of Tang and Song", add_train_flags),
    "evaluate-poet": ("score a poet on poems that it has not seen", add_evaluate_flags),
    "compose": ("write poems, or acrostics on your own characters", add_compose_flags),
    "practise": ("write parts of a Transformer, checked at every save", add_practise_flags),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], MORE))
