"""Pictures of the runs of a tensor, compared with golden ones.

When a picture differs, look at the page which the failure names, and if the new picture is right, accept it with
``ACCEPT_PICTURES=1 pytest tests/transformer/teaching/test_figures_of_runs.py``,
which rewrites the file and still fails that once.
"""

import re
from itertools import permutations
from pathlib import Path

import pytest
import torch

from tests.transformer.helpers import assert_refused
from tests.transformer.teaching.pictures import assert_golden
from transformer.teaching.figures.runs import memory_runs

TEXT = "Runs & borders."


def test_a_transpose_is_cut_at_each_border(tmp_path: Path) -> None:
    turned = torch.arange(6).view(2, 3).t()
    assert_golden(memory_runs(turned, [(3, 1, 2), (2, 3), (6,)], TEXT, caption="turned & cut"), "runs", TEXT, tmp_path)


def test_a_cut_leaves_out_places_and_begins_at_its_offset(tmp_path: Path) -> None:
    cut = torch.arange(18).view(3, 6)[1:, 1:4]
    assert_golden(memory_runs(cut, [(6,)], TEXT), "runs_cut", TEXT, tmp_path)


def test_a_line_is_dashed_in_each_shape_that_view_refuses_and_in_no_other() -> None:
    base = torch.arange(12).view(2, 3, 2)
    shapes = [(12,), (2, 6), (3, 4), (4, 3), (6, 2), (2, 2, 3), (2, 3, 2), (3, 2, 2), (12, 1)]
    for order in permutations(range(3)):
        moved = base.permute(order)
        for shape in shapes:
            svg = memory_runs(moved, [shape], TEXT).svg
            works = bool(re.search(r"view\([^)]*\) ✓", svg))
            assert works != ("crossing" in svg), (order, shape)


def test_what_has_no_step_is_refused() -> None:
    message = "tensor must have at least two elements, got shape (1, 1)"
    assert_refused(lambda: memory_runs(torch.ones(1, 1), [], TEXT), ValueError, message)


@pytest.mark.parametrize("shape", [(5,), (2, 2)])
def test_a_shape_of_another_size_is_refused(shape: tuple[int, ...]) -> None:
    message = f"shapes must have 6 elements each, got {shape}"
    assert_refused(lambda: memory_runs(torch.arange(6), [(2, 3), shape], TEXT), ValueError, message)


@pytest.mark.parametrize(("tensor", "places"), [(torch.arange(40)[38:], 40), (torch.arange(21), 21)])
def test_what_a_phone_could_not_show_is_refused(tensor: torch.Tensor, places: int) -> None:
    message = f"tensor must be smaller to be drawn, got {tensor.numel()} elements in {places} places"
    assert_refused(lambda: memory_runs(tensor, [], TEXT), ValueError, message)
