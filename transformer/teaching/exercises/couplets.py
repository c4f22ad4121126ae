"""The exercise of the page on the poet: does a couplet mirror its tones?"""

from collections.abc import Mapping

from transformer.teaching.exercises.core import Exercise, Mistake

Tones = Mapping[str, str]
OPPOSITE = (("-", "|"), ("|", "-"))

#: Of a few characters: level, oblique, or both.
TONES = {
    **dict.fromkeys("依山黃河流窮千層樓", "-"),
    **dict.fromkeys("白日盡入海欲里目更一", "|"),
    **dict.fromkeys("看上", "-|"),
}


def mirrors_tones(first: str, second: str, tones: Tones) -> bool | None:
    """Say whether two lines of one width have opposite tones at their second, fourth and sixth place.

    ``tones`` gives each character "-" (level), "|" (oblique) or "-|" (both: it takes the one that fits). The answer is None if a
    character at these places is not in ``tones``.
    """
    pairs = list(zip(first[1::2], second[1::2], strict=True))
    if not all(character in tones for pair in pairs for character in pair):
        return None
    return all(any(one in tones[a] and other in tones[b] for one, other in OPPOSITE) for a, b in pairs)


def _counted_from_zero(first: str, second: str, tones: Tones) -> bool | None:
    return mirrors_tones(f"{first[0]}{first}", f"{second[0]}{second}", tones)


def _every_place(first: str, second: str, tones: Tones) -> bool | None:
    one, other = ("".join(2 * character for character in line) for line in (first, second))
    return mirrors_tones(one, other, tones)


def _two_places(first: str, second: str, tones: Tones) -> bool | None:
    return mirrors_tones(first[:5], second[:5], tones)


def _unequal(first: str, second: str, tones: Tones) -> bool | None:
    pairs = list(zip(first[1::2], second[1::2], strict=True))
    if not all(character in tones for pair in pairs for character in pair):
        return None
    return all(tones[a] != tones[b] for a, b in pairs)


def _unknown_is_wrong(first: str, second: str, tones: Tones) -> bool:
    return bool(mirrors_tones(first, second, tones))


def _unknown_raises(first: str, second: str, tones: Tones) -> bool | None:
    for character in first[1::2] + second[1::2]:
        tones[character]
    return mirrors_tones(first, second, tones)


def _unknown_anywhere(first: str, second: str, tones: Tones) -> bool | None:
    return mirrors_tones(first, second, tones) if all(character in tones for character in first + second) else None


def _one_is_enough(first: str, second: str, tones: Tones) -> bool | None:
    pairs = list(zip(first, second, strict=True))[1::2]
    if not all(character in tones for pair in pairs for character in pair):
        return None
    return any(any(one in tones[a] and other in tones[b] for one, other in OPPOSITE) for a, b in pairs)


MIRRORS_TONES = Exercise(
    mirrors_tones,
    inputs=(
        '"白日", "黃河", TONES',
        '"白日", "欲目", TONES',
        '"山白", "河盡", TONES',
        '"山上", "日看", TONES',
        '"入鸛", "山河", TONES',
        '"鸛上", "鷺河", TONES',
        '"白日依山盡", "黃河入海流", TONES',
        '"白日依山盡", "黃河入流海", TONES',
        '"欲目千里窮", "更上一海樓", TONES',
        '"河山日日看河樓", "白日流河海日流", TONES',
        '"河山日日看河樓", "白日流河海流流", TONES',
    ),
    mistakes=(
        Mistake(
            _counted_from_zero, "Python counts from 0: the second place is line[1], and every second one from there line[1::2]."
        ),
        Mistake(_every_place, "The rule asks for the second, fourth and sixth place. The others are free."),
        Mistake(_two_places, "A line of seven characters has a sixth place too."),
        Mistake(
            _unequal,
            'Unequal is not opposite: a character with both tones, "-|", takes the one that fits, even beside another such one.',
        ),
        Mistake(_unknown_is_wrong, "What cannot be judged is neither kept nor broken: None, so that nobody counts it."),
        Mistake(_unknown_raises, "A character that is not in tones gets no KeyError: the answer is None."),
        Mistake(_unknown_anywhere, "Only the characters at the places of the rule must be known."),
        Mistake(_one_is_enough, "The lines mirror each other at all these places, not at one of them."),
    ),
    names={"TONES": TONES},
)
