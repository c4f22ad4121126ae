"""The command ``compose``: poems, and acrostics on the reader's own characters."""

import argparse
import sys

from transformer.checks import check_positive_number
from transformer.poems.forms import FORMS, Form
from transformer.poems.poet import PRETRAINED, Poet
from transformer.poems.scripts import SCRIPTS, as_known, shown
from transformer.spelling.options import path_of
from transformer.training.settings import SEEDS

BY_NAME = {str(form): form for form in FORMS}
USUAL = {0: "4x7", 4: "4x7", 8: "8x7"}


def add_compose_flags(parser: argparse.ArgumentParser) -> None:
    """Give a parser the flags of ``compose``, and what runs it."""
    parser.add_argument(
        "opening", nargs="?", default="", metavar="CHARACTERS", help="4 or 8 characters, with which the lines begin (free)"
    )
    parser.add_argument("--form", choices=tuple(BY_NAME), help="lines x characters in a line (4x7; 8x7 for 8 CHARACTERS)")
    parser.add_argument("--count", type=int, default=1, help="how many poems (%(default)s)")
    parser.add_argument("--script", choices=SCRIPTS, default=SCRIPTS[0], help="how they are shown (%(default)s)")
    parser.add_argument("--temperature", type=float, default=0.8, help="below 1 the likely gains (%(default)s)")
    parser.add_argument("--top-p", type=float, default=0.9, help="draw from the likeliest of this probability (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="another makes other poems (%(default)s)")
    parser.add_argument("--model", type=path_of, default=PRETRAINED, help="a trained poet (the shipped one)")
    parser.set_defaults(run=run_compose)


def run_compose(arguments: argparse.Namespace) -> None:
    """Write poems and print them.

    Raises:
        OSError: The poet's file cannot be read.
        ValueError: A flag is out of range, or the characters are unknown, or not one for each line.
    """
    form = form_for(arguments.opening, arguments.form)
    for flag, value in (("--temperature", arguments.temperature), ("--top-p", arguments.top_p)):
        check_positive_number(flag, value)
    if not 0 <= arguments.seed < SEEDS:
        raise ValueError(f"--seed must be in [0, {SEEDS}), got {arguments.seed}")
    poet = Poet.load(arguments.model)
    opening = as_known(arguments.opening, poet.characters)
    if opening != arguments.opening:
        print(f"{arguments.opening!r} is read as {opening!r}", file=sys.stderr)
    how = {"heat": arguments.temperature, "nucleus": arguments.top_p}
    poems = poet.write(form, arguments.count, opening=opening, **how, seed=arguments.seed)
    print("\n\n".join(shown(poem, arguments.script) for poem in poems))


def form_for(opening: str, name: str | None) -> Form:
    """Choose the form of which each line begins with one of the characters.

    Args:
        opening: What was typed; nothing fits each form.
        name: What ``--form`` says, if anything.

    Returns:
        The form.

    Raises:
        ValueError: There is another number of characters than of lines.

    Example:
        >>> form_for("春夏秋冬", None), form_for("春夏秋冬", "4x5")
        (Form(lines=4, width=7), Form(lines=4, width=5))
    """
    if name is None and len(opening) not in USUAL:
        raise ValueError(f"4 or 8 characters are expected, one for each line, got {len(opening)}: {opening!r}")
    form = BY_NAME[name or USUAL[len(opening)]]
    if opening and len(opening) != form.lines:
        raise ValueError(f"--form {form} needs {form.lines} characters, one for each line, got {len(opening)}: {opening!r}")
    return form
