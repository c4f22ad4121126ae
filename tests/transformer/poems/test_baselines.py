import sys
from collections import Counter
from functools import partial

import pytest

from tests.transformer.helpers import assert_refused
from tests.transformer.poems.helpers import invented_poems
from transformer.poems.baselines import compressed_bits, shuffled_lines
from transformer.poems.forms import Characters, form_of

POEMS = invented_poems(80)
CHARACTERS = Characters("東同銅桐筒童中衷忠蟲董動孔總送夢鳳洞眾甕")


def test_shuffling_keeps_the_forms_and_the_lines() -> None:
    dealt = shuffled_lines(POEMS, seed=1)
    assert list(map(form_of, dealt)) == list(map(form_of, POEMS))
    lines = [Counter(line for poem in poems for line in poem) for poems in (dealt, POEMS)]
    assert lines[0] == lines[1]
    assert dealt == shuffled_lines(POEMS, seed=1) != shuffled_lines(POEMS, seed=2)
    assert not set(dealt) & set(POEMS)


def test_what_was_read_before_costs_a_compressor_little() -> None:
    fresh, known = (compressed_bits(POEMS[:60], test, CHARACTERS) for test in (POEMS[60:], POEMS[:20]))
    assert known < fresh - 1
    assert 4.32 < fresh < 6  # 4.32 bits choose among twenty
    assert compressed_bits(POEMS[:60], POEMS[60:], Characters("東同")) < fresh - 2  # the others are all written as one


@pytest.mark.bad_input
def test_a_compressor_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyppmd", None)
    message = "pyppmd is not installed: pip install 'transformer-checked[poems]'"
    assert_refused(partial(compressed_bits, POEMS, POEMS, CHARACTERS), ValueError, message)
