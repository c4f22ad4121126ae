"""Pictures of a poem, compared with golden ones.

When a picture differs, look at the page which the failure names, and if the new picture is right, accept it with
``ACCEPT_PICTURES=1 pytest tests/transformer/teaching/test_figures_of_verse.py``,
which rewrites the file and still fails that once.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.transformer.helpers import assert_refused
from tests.transformer.teaching.pictures import assert_golden
from transformer.teaching.figures.verse import Place, verse

TEXT = 'A poem "with" its tones & more < 4.'
POEM = ("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓")
TONES = {
    (0, 1): "oblique",
    (0, 3): "level",
    (1, 1): "level",
    (1, 3): "oblique",
    (2, 1): "level",
    (2, 3): "oblique",
    (3, 1): "either",
    (3, 3): "level",
}


def test_tones_have_signs_and_rhymes_a_frame(tmp_path: Path) -> None:
    assert_golden(verse(POEM, TONES, [(1, 4), (3, 4)], TEXT, caption="登鸛雀樓 & more"), "verse", TEXT, tmp_path)


def test_a_bare_poem_has_no_legend(tmp_path: Path) -> None:
    assert_golden(verse(("春<",), {}, [], TEXT), "verse_bare", TEXT, tmp_path)


def test_the_legend_names_what_occurs() -> None:
    svg = verse(POEM, {(0, 1): "oblique"}, [], TEXT).svg
    assert [name for name in ("level", "oblique", "either", "rhymes") if f">{name}<" in svg] == ["oblique"]


def test_a_long_caption_widens_the_picture() -> None:
    assert 'viewBox="0 0 176 ' in verse(("春",), {}, [], TEXT, caption="twenty letters long!").svg


@pytest.mark.parametrize("lines", [(), ("春", "")])
def test_a_poem_has_lines_and_none_is_empty(lines: Sequence[str]) -> None:
    words = f"lines must hold a line, and each a character, got {list(lines)}"
    assert_refused(lambda: verse(lines, {}, [], TEXT), ValueError, words)


def test_a_tone_is_one_of_three() -> None:
    words = "a tone must be one of level, oblique, either, got 'ping'"
    assert_refused(lambda: verse(POEM, {(0, 1): "ping"}, [], TEXT), ValueError, words)


@pytest.mark.parametrize(
    ("tones", "rhymes", "place"),
    [({(4, 0): "level"}, [], (4, 0)), ({(-1, 0): "level"}, [], (-1, 0)), ({}, [(0, 5)], (0, 5)), ({}, [(3, -1)], (3, -1))],
)
def test_a_place_is_in_the_poem(tones: Mapping[Place, str], rhymes: Sequence[Place], place: Place) -> None:
    words = f"a place must be in the poem, got line {place[0]}, character {place[1]}"
    assert_refused(lambda: verse(POEM, tones, rhymes, TEXT), ValueError, words)
