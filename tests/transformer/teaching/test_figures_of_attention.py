"""Pictures of masks, of dropped weights and of tokens, compared with golden ones.

When a picture differs, look at the page which the failure names, and if the new picture is right, accept it with
``ACCEPT_PICTURES=1 pytest tests/transformer/teaching/test_figures_of_attention.py``,
which rewrites the file and still fails that once.
"""

from pathlib import Path

import pytest
import torch

from tests.transformer.helpers import assert_refused
from tests.transformer.teaching.pictures import assert_golden
from transformer.teaching.figures.dropout import dropped_rows
from transformer.teaching.figures.masks import seen_by_heads
from transformer.teaching.figures.tokens import tokens

TEXT = 'Text with "quotes" & more.'
WEIGHTS = torch.tensor([[0.25, 0.75, 0.0], [1.25, 0.5, 0.125]])  # dropout may scale a weight above 1
KEEP = torch.tensor([[True, False, True], [False, True, True]])
# Both heads of item 0 see keys 0 and 2; item 1 sees key 1, and in head 1 also key 2, which is hidden in the wanted mask.
SEEN = torch.tensor([[[True, False, True], [True, False, True]], [[False, True, False], [False, True, True]]])
WANTED = torch.tensor([[[True, False, True], [True, True, True]], [[False, True, False], [False, True, False]]])


def test_dropped_keys_are_framed_and_each_row_has_its_sum(tmp_path: Path) -> None:
    assert_golden(dropped_rows(WEIGHTS, KEEP, TEXT, caption="dropped & scaled"), "dropped_rows", TEXT, tmp_path)


def test_dropped_rows_without_a_caption_begin_higher(tmp_path: Path) -> None:
    assert_golden(dropped_rows(WEIGHTS.T, KEEP.T, TEXT), "dropped_rows_bare", TEXT, tmp_path)


def test_each_head_shows_what_each_item_sees_and_marks_what_is_not_as_wanted(tmp_path: Path) -> None:
    assert_golden(seen_by_heads(SEEN, WANTED, TEXT, caption="seen & hidden"), "seen_by_heads", TEXT, tmp_path)


def test_heads_without_a_caption_begin_higher(tmp_path: Path) -> None:
    assert_golden(seen_by_heads(SEEN[:1], WANTED[:1], TEXT), "seen_by_heads_bare", TEXT, tmp_path)


def test_tokens_carry_their_letter_and_number_wherever_a_view_puts_them(tmp_path: Path) -> None:
    heads = torch.arange(24).view(4, 3, 2).transpose(0, 1)
    picture = tokens(heads, 6, TEXT, rows=["h1", "head 2", "h3"], caption="by head")
    assert_golden(picture, "tokens", TEXT, tmp_path)


def test_a_caption_wider_than_the_grid_makes_the_picture_wider(tmp_path: Path) -> None:
    picture = tokens(torch.arange(4).view(2, 2), 2, TEXT, caption="wider & wider than the grid")
    assert_golden(picture, "tokens_caption", TEXT, tmp_path)


def test_there_are_letters_for_26_tokens_and_tints_for_6(tmp_path: Path) -> None:
    assert_golden(tokens(torch.arange(78).view(13, 6), 3, TEXT), "tokens_all_letters", TEXT, tmp_path)


@pytest.mark.parametrize("shape", [(6,), (1, 1, 2, 3)])
def test_tokens_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    message = f"places must have shape (rows, columns) or (rows, heads, columns), got {shape}"
    assert_refused(lambda: tokens(torch.arange(6).view(shape), 2, TEXT), ValueError, message)


def test_a_27th_token_is_refused() -> None:
    message = "places must name at most 26 tokens of 3 numbers, got 78"
    assert_refused(lambda: tokens(torch.tensor([[78]]), 3, TEXT), ValueError, message)


@pytest.mark.parametrize(("weights", "keep"), [((2,), (2,)), ((2, 1, 3), (2, 1, 3)), ((2, 3), (3, 2))])
def test_weights_that_do_not_fit_the_kept_keys_are_refused(weights: tuple[int, ...], keep: tuple[int, ...]) -> None:
    message = f"weights and keep must both have shape (query, key), got {weights} and {keep}"
    assert_refused(lambda: dropped_rows(torch.ones(weights), torch.ones(keep), TEXT), ValueError, message)


@pytest.mark.parametrize(("seen", "wanted"), [((2, 3), (2, 3)), ((1, 1, 2, 3), (1, 1, 2, 3)), ((2, 1, 3), (2, 3, 1))])
def test_masks_that_do_not_fit_each_other_are_refused(seen: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    message = f"seen and wanted must have one shape (batch, heads, key), got {seen} and {wanted}"
    assert_refused(lambda: seen_by_heads(torch.ones(seen).bool(), torch.ones(wanted).bool(), TEXT), ValueError, message)
