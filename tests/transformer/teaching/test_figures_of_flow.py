"""Pictures of what flows: arrows, and what each token makes, compared with golden ones.

When a picture differs, look at the page which the failure names, and if the new picture is right, accept it with
``ACCEPT_PICTURES=1 pytest tests/transformer/teaching/test_figures_of_flow.py``,
which rewrites the file and still fails that once.
"""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests.transformer.helpers import assert_refused
from tests.transformer.teaching.pictures import assert_golden
from transformer.teaching.figures.arrows import arrow
from transformer.teaching.figures.layers import residual_path
from transformer.teaching.figures.qkv import query_key_value
from transformer.teaching.sublayers import SubLayer

TEXT = 'What "flows" & where.'
X = torch.tensor([[1.0, -0.04], [0.25, 12.0]])
MADE = (torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), -torch.ones(2, 3), torch.tensor([[8.0], [-8.0]]))
WEIGHTS = torch.tensor([[0.25, 0.75], [1.0, 0.0]])


def test_each_token_has_a_lane_and_the_output_is_the_average_of_the_values(tmp_path: Path) -> None:
    assert_golden(query_key_value(["a<b", "c"], X, MADE, WEIGHTS, TEXT, caption="lanes & arrows"), "qkv", TEXT, tmp_path)


def test_bare_lanes_begin_higher_and_are_as_wide_as_their_widest_row(tmp_path: Path) -> None:
    made = (X[:, :1], X[:, :1], X[:, :1])
    assert_golden(query_key_value(["a", "b"], torch.ones(2, 3), made, WEIGHTS, TEXT), "qkv_bare", TEXT, tmp_path)


@pytest.mark.parametrize(("place", "name"), [(0, "x"), (1, "query"), (2, "key"), (3, "value")])
@pytest.mark.parametrize("wrong", [torch.ones(3, 2), torch.ones(2), torch.ones(2, 1, 2)])
def test_a_tensor_without_a_row_for_each_word_is_refused(place: int, name: str, wrong: Tensor) -> None:
    x, q, k, v = [wrong if i == place else rows for i, rows in enumerate((X, *MADE))]
    message = f"{name} must have one row for each of the 2 words, got shape {tuple(wrong.shape)}"
    assert_refused(lambda: query_key_value(["a", "b"], x, (q, k, v), WEIGHTS, TEXT), ValueError, message)


def test_weights_that_are_not_square_are_refused() -> None:
    message = "weights must have shape (2, 2), got (2, 3)"
    assert_refused(lambda: query_key_value(["a", "b"], X, MADE, torch.ones(2, 3), TEXT), ValueError, message)


def test_an_arrow_bends_at_its_points_and_its_head_looks_along_the_last_of_them() -> None:
    bent = arrow((1, 2), (1, 10), (-20, 10))
    assert bent == '<path class="arrow" d="M1 2 L1 10 L-13 10"/><path class="arrow-head" d="M-20 10 L-13 6 L-13 14 z"/>'


@pytest.mark.parametrize("points", [(), ((1.0, 2.0),), ((0.0, 0.0), (1.0, 2.0), (1.0, 2.0))])
def test_an_arrow_that_points_nowhere_is_refused(points: tuple[tuple[float, float], ...]) -> None:
    message = f"points must be two or more, and the last two must differ, got {points}"
    assert_refused(lambda: arrow(*points), ValueError, message)


def test_a_part_stands_on_the_path_or_in_a_branch(tmp_path: Path) -> None:
    layers = {
        "pre & post": [SubLayer(("norm",), ("cross attention", "dropout"), ()), SubLayer((), ("feed forward",), ("norm",))],
        "b": [SubLayer((), ("norm", "a<b"), ())],
    }
    assert_golden(residual_path(layers, TEXT), "residual_path", TEXT, tmp_path)


@pytest.mark.parametrize("layers", [{}, {"a": [SubLayer((), ("norm",), ())], "b": []}])
def test_no_layer_and_a_layer_of_nothing_are_refused(layers: dict[str, list[SubLayer]]) -> None:
    message = f"layers must have at least one name with a sub-layer, got {layers}"
    assert_refused(lambda: residual_path(layers, TEXT), ValueError, message)
