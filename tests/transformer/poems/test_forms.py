from functools import partial

import pytest

from tests.transformer.helpers import assert_refused
from tests.transformer.poems.helpers import invented_poems
from transformer.poems.forms import FORMS, SPECIAL, Characters, form_of


def test_a_poem_comes_back_from_its_ids_whatever_its_form() -> None:
    poems = invented_poems(8)
    characters = Characters("".join(sorted({symbol for poem in poems for line in poem for symbol in line})))
    assert [form_of(poem) for poem in poems] == list(FORMS) * 2
    for poem, form in zip(poems, FORMS * 2, strict=True):
        ids = characters.encode(poem)
        assert characters.decode(ids) == poem
        assert len(ids) == 1 + form.length
        assert SPECIAL <= min(ids[1:]) <= max(ids[1:]) < len(characters)


def test_lines_of_unlike_width_or_another_number_of_lines_are_no_form() -> None:
    for poem in ((), ("東同銅桐筒",) * 3, ("東同銅桐筒",) * 3 + ("東同銅桐",), ("東同銅桐筒童",) * 4, ("東同銅桐筒",) * 12):
        assert form_of(poem) is None


@pytest.mark.bad_input
def test_refuses_what_cannot_be_told_apart_or_is_no_poem() -> None:
    characters = Characters("東同")
    message = "symbols must be at least one, each once, got 3, 2 of them different"
    assert_refused(partial(Characters, "東同東"), ValueError, message)
    assert_refused(partial(Characters, ""), ValueError, "symbols must be at least one, each once, got 0, 0 of them different")
    message = "a poem must have one of the forms 4x5, 4x7, 8x5, 8x7, got lines of [5, 5]"
    assert_refused(partial(characters.encode, ("東同東同東",) * 2), ValueError, message)
    for ids in ([], [1] * 21, [2] * 20, [6] * 21):
        message = f"ids must be a form's and as many as its characters, got {len(ids)}: {ids[:3]}"
        assert_refused(partial(characters.decode, ids), ValueError, message)
