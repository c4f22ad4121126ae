"""Traditional and simplified script: poems are written in the one, and may be read in the other."""

from collections.abc import Callable
from functools import cache

from transformer.poems.forms import Characters, Poem

SCRIPTS = ("simplified", "traditional")


@cache
def _converter(way: str) -> Callable[[str], str]:
    try:
        from opencc import OpenCC
    except ModuleNotFoundError as error:
        raise ValueError("opencc is not installed: pip install 'transformer-checked[poems]'") from error
    return OpenCC(way).convert


def shown(poem: Poem, script: str) -> str:
    """Set a poem with its pauses, a line below the other.

    Args:
        poem: The poem, in the traditional script.
        script: One of ``SCRIPTS``.

    Returns:
        The lines, a comma after the first of a couplet and a full stop after the second.

    Raises:
        ValueError: OpenCC is needed and not installed.

    Example:
        >>> print(shown(("春風", "秋雲"), "simplified"))
        春风，
        秋云。
    """
    lines = [f"{line}{'，。'[number % 2]}" for number, line in enumerate(poem)]
    return "\n".join(lines if script == "traditional" else map(_converter("t2s"), lines))


def as_known(text: str, characters: Characters) -> str:
    """Read the characters of a text as the poet knows them: what it does not know, in the traditional script.

    Args:
        text: What was typed.
        characters: What the poet knows.

    Returns:
        As many characters.

    Raises:
        ValueError: A character is unknown in both scripts, or OpenCC is needed and not installed.

    Example:
        >>> as_known("春风", Characters("春風"))
        '春風'
    """
    return "".join(_known(character, characters) for character in text)


def _known(character: str, characters: Characters) -> str:
    if character in characters:
        return character
    other = _converter("s2t")(character)
    if other not in characters:
        raise ValueError(f"{character!r} is none of the {len(characters.symbols):,} characters that the poet knows")
    return other
