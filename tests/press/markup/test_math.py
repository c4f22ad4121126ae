"""Formulas as a browser gets them."""

import pytest

from press.markup.math import THIN, drawn


@pytest.mark.parametrize(
    ("tex", "part"),
    [
        (r"x - \infty", "<mi>&#x0221E;</mi>"),
        (r"\sin a \cos b", f"<mi>sin</mi>{THIN}<mi>a</mi>{THIN}<mi>cos</mi>{THIN}<mi>b</mi>"),
        (r"\sin(a)", '<mi>sin</mi><mo stretchy="false">'),
        (r"\sin^2 + 1", "<msup><mi>sin</mi><mn>2</mn></msup>"),
    ],
)
def test_signs_and_functions_stand_as_tex_sets_them(tex: str, part: str) -> None:
    assert part in drawn(tex, "inline")


@pytest.mark.parametrize("display", ["inline", "block"])
def test_a_formula_stands_where_it_was_asked_for(display: str) -> None:
    assert f'display="{display}"' in drawn("x", display)
