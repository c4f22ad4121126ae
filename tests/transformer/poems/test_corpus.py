from functools import partial

import pytest

from tests.transformer.helpers import assert_refused
from tests.transformer.poems.helpers import invented_poems
from transformer.poems.corpus import split_poems
from transformer.poems.forms import Poem


def test_no_poem_of_the_test_shares_a_line_with_another() -> None:
    poems = invented_poems(600)
    borrowed: list[Poem] = [(*poem[:3], *poems[i + 4][3:]) for i, poem in enumerate(poems[:200])]  # of the same form
    whole = [*poems, *borrowed]
    corpus = split_poems(whole)
    assert sorted([*corpus.train, *corpus.dev, *corpus.test]) == sorted(whole)
    assert len(corpus.dev) > 1
    assert len(corpus.test) > 1
    for part in (corpus.dev, corpus.test):
        for poem in part:
            assert not any(set(poem) & set(other) for other in whole if other != poem)


def test_in_which_part_a_poem_is_no_stranger_decides() -> None:
    poems = invented_poems(600)
    corpus, reversed_half = split_poems(poems), split_poems(poems[::-1][:300])
    assert set(reversed_half.test) == set(corpus.test) & set(poems[::-1][:300])
    assert set(reversed_half.dev) == set(corpus.dev) & set(poems[::-1][:300])


def test_the_characters_are_those_seen_often_enough_in_the_training_part() -> None:
    poems: list[Poem] = [("東東東東東", "同同同東東", "銅銅東東東", "東東東東東"), ("同桐桐東東",) * 4]
    corpus = split_poems(poems)
    assert [poem in corpus.train for poem in poems] == [True, True]
    assert corpus.characters(3).symbols == "東桐同"
    assert corpus.characters(2).symbols == "東桐同銅"


@pytest.mark.bad_input
def test_refuses_poems_of_which_none_can_be_learned() -> None:
    assert_refused(partial(split_poems, []), ValueError, "poems must hold at least one to learn from, got 0")
