"""Pictures of positions as clocks, compared with golden ones.

When a picture differs, look at the page which the failure names, and if the new picture is right, accept it with
``ACCEPT_PICTURES=1 pytest tests/transformer/teaching/test_figures_of_clocks.py``,
which rewrites the file and still fails that once.
"""

from pathlib import Path

import torch

from tests.transformer.helpers import assert_refused
from tests.transformer.teaching.pictures import assert_golden
from transformer.teaching.figures.clocks import clocks

TEXT = 'Hands "up" & "right" < 4.'
ROWS = torch.tensor([[0.0, 1.0, 1.0, 0.0], [0.0, -1.0, -0.5, 0.25]])


def test_hands_point_where_sine_and_cosine_say(tmp_path: Path) -> None:
    assert_golden(clocks(ROWS, TEXT, labels=["0", "12"], caption="clocks & hands"), "clocks", TEXT, tmp_path)


def test_bare_clocks_begin_higher_and_a_caption_may_be_wider(tmp_path: Path) -> None:
    assert_golden(clocks(ROWS[:1], TEXT), "clocks_bare", TEXT, tmp_path)
    assert 'width="168"' in clocks(ROWS[:, :2], TEXT, caption="a wide caption above").svg


def test_what_is_no_pairs_of_columns_is_refused() -> None:
    rule = "rows must have shape (positions, an even number of columns), got {}"
    assert_refused(lambda: clocks(torch.zeros(2, 3), TEXT), ValueError, rule.format((2, 3)))
    assert_refused(lambda: clocks(torch.zeros(2), TEXT), ValueError, rule.format((2,)))
