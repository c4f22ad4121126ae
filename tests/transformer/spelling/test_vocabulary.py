import pytest

from tests.transformer.helpers import assert_refused
from transformer.spelling.vocabulary import END_ID, PAD_ID, START_ID, Vocabulary

PHONES = Vocabulary(("AA", "B", "CH"))


def test_symbols_come_after_padding_start_and_end() -> None:
    assert len({PAD_ID, START_ID, END_ID}) == 3
    assert max(PAD_ID, START_ID, END_ID) < min(PHONES.encode(PHONES.symbols))
    assert PHONES.encode(["CH", "AA", "CH"]) == [5, 3, 5]
    assert PHONES.encode([]) == []
    assert len(PHONES) == 6


def test_ids_come_back_as_symbols_up_to_the_end_or_the_padding() -> None:
    for stop in (END_ID, PAD_ID):
        assert PHONES.decode([5, 3, stop, 4]) == ("CH", "AA")
    assert PHONES.decode(PHONES.encode(PHONES.symbols)) == PHONES.symbols
    assert PHONES.decode([]) == ()


@pytest.mark.parametrize("token", [START_ID, 6, -1])
def test_refuses_an_id_that_stands_for_no_symbol(token: int) -> None:
    message = f"ids must be in [3, 6), or end the sequence, got {token}"
    assert_refused(lambda: PHONES.decode([3, token]), ValueError, message)


def test_refuses_an_unknown_symbol() -> None:
    message = "'D' in ['AA', 'D'] is unknown; known are AA B CH"
    assert_refused(lambda: PHONES.encode(["AA", "D"]), ValueError, message)


def test_refuses_symbols_that_cannot_be_told_apart() -> None:
    assert_refused(lambda: Vocabulary(()), ValueError, "symbols must be at least one, each once, got 0, 0 of them different")
    message = "symbols must be at least one, each once, got 3, 2 of them different"
    assert_refused(lambda: Vocabulary(("a", "b", "a")), ValueError, message)
