"""What conf.py and the files beside it say of the book as a whole."""

import runpy
import struct
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ADDRESSES = ("SITE_URL", "REPOSITORY_URL", "READTHEDOCS_CANONICAL_URL")


def settings(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, object]:
    """Run conf.py with these addresses and no others."""
    for name in ADDRESSES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.syspath_prepend(str(ROOT))  # what conf.py does to the path is undone
    return runpy.run_path(str(ROOT / "conf.py"))


def buttons(conf: dict[str, object]) -> set[object]:
    options = conf["html_theme_options"]
    assert isinstance(options, dict)
    return {options[f"use_{name}_button"] for name in ("repository", "edit_page", "issues")}


def test_without_addresses_no_page_names_one(monkeypatch: pytest.MonkeyPatch) -> None:
    conf = settings(monkeypatch)
    assert conf["html_baseurl"] == ""
    assert buttons(conf) == {False}


def test_addresses_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    conf = settings(monkeypatch, SITE_URL="https://example.org/a/", REPOSITORY_URL="https://example.org/b")
    assert conf["html_baseurl"] == "https://example.org/a/"
    assert buttons(conf) == {True}
    hosted = settings(monkeypatch, SITE_URL="", READTHEDOCS_CANONICAL_URL="https://example.org/c/")
    assert hosted["html_baseurl"] == "https://example.org/c/"


def test_arrow_keys_turn_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    options = settings(monkeypatch)["html_theme_options"]
    assert isinstance(options, dict)
    assert options["navigation_with_keys"] is True


def test_the_citation_names_this_version() -> None:
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert cff["version"] == project["version"]
    assert f"## {cff['version']} ({cff['date-released']})" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_card_has_the_size_that_others_show_and_is_light() -> None:
    picture = (ROOT / "docs" / "_static" / "social-card.png").read_bytes()
    assert struct.unpack(">II", picture[16:24]) == (1200, 630)
    assert len(picture) <= 100_000
