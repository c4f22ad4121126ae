"""Pictures of matrices and of memory, compared with golden ones.

When a picture differs, look at the page which the failure names, and if the new picture is right, accept it with
``ACCEPT_PICTURES=1 pytest tests/transformer/teaching/test_figures.py``, which rewrites the golden file and still fails that once.
"""

from math import nan
from pathlib import Path

import pytest
import torch

from tests.transformer.helpers import assert_refused
from tests.transformer.teaching.pictures import assert_golden
from transformer.teaching.figures.grids import matrix
from transformer.teaching.figures.memory import memory
from transformer.teaching.figures.picture import Picture, side_by_side

TEXT = 'Rows "a" & "long": 1 < 2.'  # every character that SVG needs escaped
NUMBERS = torch.tensor([[1.0, -2.0, 0.5], [nan, 0.0, 1.25]])


def test_a_matrix_shows_labels_caption_and_the_size_of_each_value(tmp_path: Path) -> None:
    picture = matrix(NUMBERS, TEXT, rows=["a", "long"], columns=["k<1", "k2", "k3"], caption="Q & K", digits=1)
    assert_golden(picture, "matrix", TEXT, tmp_path)


def test_a_bare_matrix_has_no_room_for_labels_and_two_decimals(tmp_path: Path) -> None:
    assert_golden(matrix(NUMBERS.T, TEXT), "matrix_bare", TEXT, tmp_path)


def test_bools_are_ticks_and_crosses(tmp_path: Path) -> None:
    seen = torch.tensor([[True, False], [True, True], [False, False]])
    assert_golden(matrix(seen, TEXT, columns=["k1", "k2"]), "matrix_bools", TEXT, tmp_path)


@pytest.mark.parametrize("value", [0.0, nan])
def test_a_matrix_with_nothing_to_compare_is_not_coloured(value: float) -> None:
    assert matrix(torch.full((2, 2), value), TEXT).svg.count('fill-opacity="0.00"') == 4


def test_the_largest_value_has_the_deepest_colour_however_small_it_is() -> None:
    assert 'fill-opacity="0.75"' in matrix(torch.tensor([[0.125, -0.5]]), TEXT).svg


def test_memory_shows_where_each_row_lies(tmp_path: Path) -> None:
    turned = torch.arange(6).view(2, 3).t()
    assert_golden(memory(turned, TEXT, caption="turned & tinted"), "memory", TEXT, tmp_path)


def test_the_tints_of_memory_begin_again_after_the_sixth_row(tmp_path: Path) -> None:
    assert_golden(memory(torch.arange(14).view(7, 2), TEXT), "memory_seven_rows", TEXT, tmp_path)


def test_the_memory_of_no_rows_is_as_wide_as_the_rows_would_be() -> None:
    assert 'viewBox="0 0 132 84"' in memory(torch.zeros(0, 3), TEXT).svg


def test_pictures_side_by_side_are_one_picture_with_all_their_words(tmp_path: Path) -> None:
    both = side_by_side(matrix(torch.eye(2), "One."), matrix(torch.ones(1, 2), "Two."))
    assert_golden(both, "side_by_side", "One. Two.", tmp_path)


def test_only_two_dimensions_can_be_drawn() -> None:
    shape = "{} must have shape (rows, columns), got (2, 1, 3)"
    assert_refused(lambda: matrix(torch.ones(2, 1, 3), TEXT), ValueError, shape.format("values"))
    assert_refused(lambda: memory(torch.ones(2, 1, 3), TEXT), ValueError, shape.format("tensor"))


def test_another_picture_fails_and_is_shown_beside_the_accepted_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACCEPT_PICTURES", raising=False)
    (tmp_path / "name.svg").write_text("<svg>old</svg>\n")
    with pytest.raises(pytest.fail.Exception, match=r"look at both pictures in .*name\.html; .* run with ACCEPT_PICTURES=1"):
        assert_golden(Picture("<svg>new</svg>", TEXT), "name", TEXT, tmp_path, golden=tmp_path)
    assert (tmp_path / "name.svg").read_text() == "<svg>old</svg>\n"
    page = (tmp_path / "name.html").read_text()
    assert "old" in page
    assert "new" in page


def test_accepting_a_picture_fails_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCEPT_PICTURES", "1")
    picture = Picture("<svg>new</svg>", TEXT)
    with pytest.raises(pytest.fail.Exception, match=r"name\.svg now holds the new picture"):
        assert_golden(picture, "name", TEXT, tmp_path, golden=tmp_path)
    assert_golden(picture, "name", TEXT, tmp_path, golden=tmp_path)
