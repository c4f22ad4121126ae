"""Pictures of a text in pieces, compared with golden ones.

When a picture differs, look at the page which the failure names, and if the new picture is right, accept it with
``ACCEPT_PICTURES=1 pytest tests/transformer/teaching/test_figures_of_pieces.py``,
which rewrites the file and still fails that once.
"""

from pathlib import Path

import pytest

from tests.transformer.helpers import assert_refused
from tests.transformer.teaching.pictures import assert_golden
from transformer.teaching.figures.pieces import pieces

TEXT = 'A word "in" pieces & more < 4.'
ROWS = {"bytes": ["l", "o", "<", "明"], "l + o": ["lo", "<", "明"], "lo + <": ["lo<", "明"]}


def test_each_new_piece_has_a_tint_and_the_width_of_its_letters(tmp_path: Path) -> None:
    assert_golden(pieces(ROWS, TEXT, caption="joined & tinted"), "pieces", TEXT, tmp_path)


def test_a_bare_picture_is_as_wide_as_its_longest_row(tmp_path: Path) -> None:
    assert_golden(pieces({"": ["a", "b"], "ab": ["ab"]}, TEXT), "pieces_bare", TEXT, tmp_path)


def test_the_tints_begin_again_after_the_sixth_row() -> None:
    svg = pieces({str(i): [str(i)] for i in range(8)}, TEXT).svg
    assert [svg.count(f"tint-{i}") for i in range(6)] == [1, 2, 1, 1, 1, 1]


def test_a_long_caption_widens_the_picture() -> None:
    assert 'viewBox="0 0 182 66"' in pieces({"": ["a"]}, TEXT, caption="twenty letters long!").svg


@pytest.mark.parametrize("rows", [{}, {"a": []}, {"a": ["b"], "c": ["d", ""]}])
def test_a_picture_has_pieces_and_none_is_empty(rows: dict[str, list[str]]) -> None:
    words = f"rows must have pieces, and no piece may be empty, got {rows}"
    assert_refused(lambda: pieces(rows, TEXT), ValueError, words)
