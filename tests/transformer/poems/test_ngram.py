import math
from collections import Counter
from functools import partial
from typing import cast

import numpy as np
import pytest

from tests.transformer.helpers import assert_refused
from tests.transformer.poems.helpers import invented_poems
from transformer.poems.corpus import split_poems
from transformer.poems.forms import FORMS, SPECIAL, UNKNOWN_ID, Characters, Form, Poem, form_of
from transformer.poems.ngram import KneserNey

POEMS = split_poems(invented_poems(60)).train
CHARACTERS = Characters("東同銅桐筒童中衷忠蟲董動孔總送夢鳳洞")  # two of the twenty are unknown


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_the_chances_of_what_may_follow_add_up_to_one(order: int) -> None:
    model = KneserNey(POEMS, CHARACTERS, order)
    start = invented_poems(4, seed=9)[0]
    for place in (0, 6, 19):
        text, sums = "".join(start), 0.0
        for symbol in (*CHARACTERS.symbols, "〇"):
            changed = text[:place] + symbol + text[place + 1 :]
            poem = tuple(changed[at : at + 5] for at in range(0, 20, 5))
            sums += math.exp(-model.nats([poem])[place])
        assert sums == pytest.approx(1)


def test_a_model_of_order_one_counts_characters_with_three_discounts() -> None:
    poems: list[Poem] = [("東東東東東", "東同同同同", "銅銅銅桐桐", "桐筒筒童中")]
    model = KneserNey(poems, Characters("東同銅桐筒童中衷"), 1)
    counts = Counter("".join(poems[0]))
    of = [sum(count == n for count in counts.values()) for n in (1, 2, 3, 4)]
    share = of[0] / (of[0] + 2 * of[1])
    taken = {n: max(0.05, n - (n + 1) * share * of[n] / of[n - 1]) for n in (1, 2, 3)}
    rest = sum(taken[min(count, 3)] for count in counts.values()) / 20
    expected = [(counts[c] - taken[min(counts[c], 3)]) / 20 + rest / 9 for c in "".join(poems[0])]
    assert np.exp(-model.nats(poems)) == pytest.approx(expected)


def test_shorter_contexts_count_what_stands_before_not_how_often() -> None:
    poems: list[Poem] = [("東同東同東", "同東同東同", "東同銅桐同", "東桐銅同東")]
    model = KneserNey(poems, Characters("東同銅桐"), 2)
    level = model.levels[0]
    kinds = {CHARACTERS.symbols[i]: i + SPECIAL for i in range(4)}
    befores = {(2, "東"), ("|", "東"), ("同", "東"), ("東", "同"), ("|", "同"), ("桐", "同"), ("銅", "同")}
    befores |= {("同", "銅"), ("桐", "銅"), ("銅", "桐"), ("東", "桐")}
    counts = Counter(character for _, character in befores)
    found = {int(pair): share for pair, share in zip(level.pairs, level.shares, strict=True)}
    assert found.keys() == {kinds[character] for character in counts}
    taken = {c: counts[c] - found[kinds[c]] * len(befores) for c in counts}
    assert taken["銅"] == pytest.approx(taken["桐"])
    assert level.rest[0] * len(befores) == pytest.approx(sum(taken.values()))


def test_an_unknown_character_is_one_more_character_and_an_unknown_context_a_shorter_one() -> None:
    model = KneserNey(POEMS, CHARACTERS, 3)
    strange: Poem = ("眾甕眾甕眾",) * 4
    assert CHARACTERS.encode(strange)[1:] == [UNKNOWN_ID] * 20
    assert np.isfinite(model.nats([strange])).all()


def test_after_a_character_that_was_never_seen_no_context_counts() -> None:
    poems: list[Poem] = [("東同東同東", "同東同東同", "東同東東同", "東東同同東")]
    model = KneserNey(poems, Characters("東同銅桐"), 3)
    alone = model.levels[0]
    expected = alone.shares[alone.pairs == SPECIAL][0] + alone.rest[0] / 5  # of 東
    assert math.exp(-model.nats([("桐東東東東", *poems[0][1:])])[1]) == pytest.approx(expected)


def test_what_it_writes_has_the_chances_that_it_says() -> None:
    model = KneserNey(POEMS, Characters("東同"), 2)  # 東, 同 or unknown
    chance = np.random.default_rng(3)
    drawn = [model.write(Form(4, 5), chance) for _ in range(400)]
    assert {form_of(poem) for poem in drawn} == {Form(4, 5)}
    first = Counter(poem[0][0] for poem in drawn)
    for symbol in ("東", "同", "〇"):
        expected = math.exp(-model.nats([(f"{symbol}東東東東", *["東東東東東"] * 3)])[0])
        assert first[symbol] / 400 == pytest.approx(expected, abs=4 * (0.25 / 400) ** 0.5)
    for form in FORMS:
        assert form_of(model.write(form, chance)) == form


@pytest.mark.bad_input
def test_refuses_an_order_that_is_none() -> None:
    assert_refused(partial(KneserNey, POEMS, CHARACTERS, 0), ValueError, "order must be at least 1, got 0")
    assert_refused(partial(KneserNey, POEMS, CHARACTERS, cast(int, 2.0)), TypeError, "order must be an int, got float (2.0)")
