"""`make reproducible` names every file that differs, and any difference is a failure."""

from pathlib import Path
from subprocess import CompletedProcess
from unittest.mock import Mock

import pytest

from press.audit import same_bytes


def fake_builds(monkeypatch: pytest.MonkeyPatch, *sites: dict[str, str], code: int = 0) -> None:
    """Let the builds write these files instead of the book."""
    waiting = list(sites)

    def copy_sources(*folders: Path) -> None:
        for name, text in waiting.pop(0).items():
            path = folders[-1] / "_build" / "html" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    monkeypatch.setattr(same_bytes, "copy_sources", copy_sources)
    monkeypatch.setattr(same_bytes, "make_html", Mock(return_value=CompletedProcess([], code, "", "it fell")))


def test_equal_sites_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_builds(monkeypatch, {"a.html": "1", "b/c.html": "2"}, {"b/c.html": "2", "a.html": "1"})
    assert same_bytes.main() == 0


@pytest.mark.parametrize(
    "second", [{"a.html": "1", "b.html": "3"}, {"a.html": "1"}, {"a.html": "1", "b.html": "2", "c.html": "1"}]
)
def test_a_difference_fails_and_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], second: dict[str, str]
) -> None:
    fake_builds(monkeypatch, {"a.html": "1", "b.html": "2"}, second)
    assert same_bytes.main() == 1
    assert "differs: " in capsys.readouterr().out


def test_a_failed_build_or_an_empty_site_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_builds(monkeypatch, {}, {}, code=2)
    assert same_bytes.main() == 2
    fake_builds(monkeypatch, {}, {})
    assert same_bytes.main() == 1
