"""The days on which pages last changed."""

import subprocess
from pathlib import Path

import pytest

from press.site.days import days


def git(folder: Path, *arguments: str) -> None:
    """Run git with a committer of its own."""
    who = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)  # noqa: S607 - git of the path


def test_days_come_from_git_and_are_left_out_where_git_does_not_know(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docs = tmp_path / "book" / "docs"
    docs.mkdir(parents=True)
    git(docs.parent, "init", "-q")
    for day, name in (("2020-02-03", "一.md"), ("2021-04-05", "b c.md")):
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"{day}T23:30:00+1400")
        (docs / name).write_text(name, encoding="utf-8")
        git(docs, "add", "-A")
        git(docs, "commit", "-qm", name)
    (docs / "new.md").write_text("not committed", encoding="utf-8")
    assert days(docs) == {docs / "一.md": "2020-02-03", docs / "b c.md": "2021-04-05"}
    git(tmp_path, "clone", "-q", "--depth", "1", docs.parent.as_uri(), "shallow")
    assert days(tmp_path / "shallow" / "docs") == {}
    outside = tmp_path / "outside"
    outside.mkdir()
    assert days(outside) == {}
    monkeypatch.setenv("PATH", "")
    days.cache_clear()
    assert days(docs) == {}
