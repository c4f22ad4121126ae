"""Pictures of lines and of shares, compared with golden ones.

When a picture differs, look at the page which the failure names, and if the new picture is right, accept it with
``ACCEPT_PICTURES=1 pytest tests/transformer/teaching/test_figures_of_numbers.py``,
which rewrites the file and still fails that once.
"""

import re
from math import inf, nan
from pathlib import Path

import pytest

from tests.transformer.helpers import assert_refused
from tests.transformer.teaching.pictures import assert_golden
from transformer.teaching.figures.bars import share_bars
from transformer.teaching.figures.lines import line_chart

TEXT = 'Lines "a" & "b" < 4.'
POWERS = [(1, 1e-6), (2, 1e-3), (4, 0.5), (8, 300.0)]


def labels(svg: str) -> list[str]:
    return re.findall(r'class="label"[^>]*>([^<]*)<', svg)


def test_lines_have_scales_a_legend_and_a_dot_for_each_of_a_few_points(tmp_path: Path) -> None:
    series = {"a & b": [(0, 4.0), (10, 1.0), (20, 0.5)], "flat": [(0, 2.5), (20, 2.5)]}
    assert_golden(line_chart(series, TEXT, x_label="step", y_label="loss", caption="falls & stays"), "lines", TEXT, tmp_path)


def test_bare_lines_begin_higher_and_equal_factors_are_equal_steps_on_a_logarithmic_scale(tmp_path: Path) -> None:
    four = {name: [(x, y * factor) for x, y in POWERS] for name, factor in zip("abcd", (1, 2, 4, 8), strict=True)}
    assert_golden(line_chart(four, TEXT, log_x=True, log_y=True), "lines_log", TEXT, tmp_path)


def test_many_points_have_no_dots() -> None:
    assert line_chart({"a": [(i, i) for i in range(12)]}, TEXT).svg.count("<circle") == 12
    assert "<circle" not in line_chart({"a": [(i, i) for i in range(13)]}, TEXT).svg


@pytest.mark.parametrize("hole", [nan, inf, -inf])
def test_a_point_that_is_not_finite_leaves_a_gap(hole: float) -> None:
    svg = line_chart({"a": [(0, 1), (1, 2), (2, hole), (3, 2), (4, 1)]}, TEXT).svg
    assert svg.count("<polyline") == 1 + 2  # the legend's and two pieces
    assert svg.count("<circle") == 4


@pytest.mark.parametrize(("log_x", "log_y", "points"), [(False, False, 3), (True, False, 2), (False, True, 2), (True, True, 1)])
def test_zero_has_a_place_on_a_linear_scale_alone(log_x: bool, log_y: bool, points: int) -> None:
    svg = line_chart({"a": [(0, 1), (1, 0), (2, 3)]}, TEXT, log_x=log_x, log_y=log_y).svg
    assert svg.count("<circle") == points


@pytest.mark.parametrize(
    ("values", "log", "expected"),
    [
        ((0.0, 4.0), False, "0 1 2 3 4"),
        ((0.13, 0.48), False, "0.1 0.2 0.3 0.4 0.5"),
        ((-3.0, 17.0), False, "-5 0 5 10 15 20"),
        ((2.5, 2.5), False, "2 3"),
        ((0.0, 0.0), False, "0 0.5"),
        ((0.0, 2e6), False, "0 5·10⁵ 10⁶ 1.5·10⁶ 2·10⁶"),
        ((0.0, 2e-15), False, "0 5·10⁻¹⁶ 10⁻¹⁵ 1.5·10⁻¹⁵ 2·10⁻¹⁵"),
        ((1e-5, 20.0), True, "10⁻⁶ 10⁻⁴ 0.01 1 100"),
        ((7.0, 7.0), True, "1 10"),
        ((100.0, 100.0), True, "100 1,000"),
    ],
)
def test_ticks_are_round_and_enclose_all_values(values: tuple[float, float], log: bool, expected: str) -> None:
    svg = line_chart({"a": [(i, value) for i, value in enumerate(values)]}, TEXT, log_y=log).svg
    assert " ".join(labels(svg)[: len(expected.split())]) == expected


def test_what_cannot_be_drawn_is_refused() -> None:
    names = "series must have between 1 and 4 names, got {}"
    assert_refused(lambda: line_chart({}, TEXT), ValueError, names.format(0))
    assert_refused(lambda: line_chart({name: [(0, 1)] for name in "abcde"}, TEXT), ValueError, names.format(5))
    none = "series must have a point that can be drawn, got none"
    assert_refused(lambda: line_chart({"a": [], "b": [(0, nan)]}, TEXT), ValueError, none)


def test_shares_fill_their_bars_and_a_name_has_one_tint(tmp_path: Path) -> None:
    wholes: dict[str, dict[str, float]] = {
        "base & tied": {"tables": 3, "layers": 7},
        "untied": {"layers": 7, "tables": 9, "norms": 0.25},
    }
    assert_golden(share_bars(wholes, TEXT, caption="parts & wholes"), "shares", TEXT, tmp_path)


def test_bare_shares_begin_higher_and_a_narrow_part_has_no_percentage(tmp_path: Path) -> None:
    assert_golden(share_bars({"one": {"a": 1, "b": 9.0, "c": 0}}, TEXT), "shares_bare", TEXT, tmp_path)


def test_shares_of_nothing_are_refused() -> None:
    names = "wholes must have between 1 and 6 names of parts, got {}"
    assert_refused(lambda: share_bars({}, TEXT), ValueError, names.format(0))
    assert_refused(lambda: share_bars({"a": dict.fromkeys("abcdefg", 1)}, TEXT), ValueError, names.format(7))
    rule = "must have parts that are not negative and a sum above 0"
    assert_refused(lambda: share_bars({"a": {"b": 0}}, TEXT), ValueError, f"a {rule}, got {{'b': 0}}")
    assert_refused(lambda: share_bars({"a": {"b": 2, "c": -1}}, TEXT), ValueError, f"a {rule}, got {{'b': 2, 'c': -1}}")
