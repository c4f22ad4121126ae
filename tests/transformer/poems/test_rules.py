from functools import partial

import pytest

from tests.transformer.helpers import assert_refused
from transformer.poems import rules
from transformer.poems.rules import Rules, Share, Sounds, alternates, judge, mirrors, read_sounds, rhymes

# Characters whose tone is their name: A and B are level, X and Y oblique, D is both; A and D rhyme, and so do B and Y.
TONES = {"A": {"ping"}, "B": {"ping"}, "X": {"ze"}, "Y": {"ze"}, "D": {"ping", "ze"}}
GROUPS = {"A": {"1"}, "D": {"1", "2"}, "B": {"2"}, "Y": {"2"}, "X": {"3"}}
SOUNDS = Sounds(*({k: frozenset(v) for k, v in table.items()} for table in (GROUPS, TONES)))


def test_even_lines_must_end_in_one_group() -> None:
    def ends(letters: str) -> bool | None:
        return rhymes(tuple(f"AXAX{letter}" for letter in letters), SOUNDS)

    assert [ends(letters) for letters in ("XAXA", "XAXD", "XDXB", "BYAB")] == [True] * 4
    assert [ends(letters) for letters in ("AXAB", "AAXX", "XADB"[::-1], "XAXDXBXD")] == [False] * 4
    assert [ends(letters) for letters in ("XAX?", "X?X?")] == [None] * 2
    assert ends("?A?A") is True


def test_characters_at_even_places_must_alternate() -> None:
    good, bad = ("?A?X?", "?X?B?", "?D?A?", "?D?D?", "?A?X?A?", "?X?D?X?"), ("?A?B?", "?X?Y?", "?A?X?X?", "?A?D?X?")
    assert [alternates(line, SOUNDS) for line in good] == [True] * len(good)
    assert [alternates(line, SOUNDS) for line in bad] == [False] * len(bad)
    assert alternates("A?AXA", SOUNDS) is None


def test_lines_of_a_couplet_must_differ_at_the_second_place() -> None:
    assert [mirrors(a, b, SOUNDS) for a, b in (("?A", "?X"), ("?Y", "?B"), ("?D", "?A"), ("?X", "?D"))] == [True] * 4
    assert [mirrors(a, b, SOUNDS) for a, b in (("?A", "?B"), ("?X", "?Y"))] == [False] * 2
    assert mirrors("?A", "??", SOUNDS) is None


def test_what_cannot_be_judged_is_not_counted() -> None:
    poems = [("?AAXA", "?XXAA", "?XAAX", "?AAXA"), ("?A?AX", "?A?X?", "????A", "?X?AA")]
    assert judge(poems, SOUNDS) == Rules(rhyme=Share(1, 1), tones=Share(6, 7), couplets=Share(2, 3))
    assert judge([], SOUNDS).rhyme.percent == 0


def test_the_installed_tables_know_level_from_oblique() -> None:
    sounds = read_sounds()
    assert sounds.tones["東"] == {"ping"}
    assert sounds.tones["月"] == {"ze"}
    assert sounds.tones["中"] == {"ping", "ze"}
    assert sounds.groups["東"] & sounds.groups["風"]
    assert not sounds.groups["東"] & sounds.groups["天"]


@pytest.mark.bad_input
def test_tables_that_are_not_installed_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "find_spec", lambda name: None)  # noqa: ARG005 - as find_spec is called
    message = "the rhyme dictionary is not installed: pip install 'transformer-checked[poems]'"
    assert_refused(partial(read_sounds.__wrapped__), FileNotFoundError, message)
