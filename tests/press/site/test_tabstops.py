"""The theme's own script without what lays out the whole page."""

from importlib.resources import files

import pytest
from sphinx.errors import ExtensionError

from press.site.tabstops import THEME, without_measuring


def test_the_installed_theme_measures_no_longer_and_keeps_the_rest() -> None:
    script = files("pydata_sphinx_theme").joinpath("theme", "pydata_sphinx_theme", "static", "scripts", THEME.name)
    text = script.read_text(encoding="utf-8")
    changed = without_measuring(text)
    assert 'addEventListener("load"' in text
    assert 'addEventListener("load"' not in changed
    assert len(text) - len(changed) < 100
    assert without_measuring(changed) == changed


def test_a_theme_that_does_otherwise_is_refused() -> None:
    with pytest.raises(ExtensionError, match="must measure its boxes in one place, got 0"):
        without_measuring("measure()")
