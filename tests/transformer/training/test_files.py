import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.transformer.training.helpers import full_disk
from transformer.training.files import write_whole

OLD, NEW = b"old" * 1000, b"new" * 100_000
REAL_OPEN = os.open


def test_replaces_the_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    for content in (OLD, NEW, b""):
        write_whole(tmp_path / "a.b", content)
        assert (tmp_path / "a.b").read_bytes() == content
    assert os.listdir(tmp_path) == ["a.b"]


@pytest.mark.parametrize("room", [0, 1, 4096, 299_999], ids="{} bytes".format)
def test_a_full_disk_leaves_the_old_file_and_is_told(tmp_path: Path, room: int) -> None:
    path = tmp_path / "a.b"
    write_whole(path, OLD)
    with full_disk(room), pytest.raises(OSError, match="File too large") as caught:
        write_whole(path, NEW)
    assert str(caught.value) == f"[Errno 27] {path} was not written (File too large); an older file there is untouched"
    assert path.read_bytes() == OLD
    assert os.listdir(tmp_path) == ["a.b"]
    write_whole(path, NEW)
    assert path.read_bytes() == NEW


def test_a_device_without_room_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.b.tmp").symlink_to("/dev/full")  # every write to it fails as on a full disk
    with pytest.raises(OSError, match=r"a\.b was not written \(No space left on device\)"):
        write_whole(tmp_path / "a.b", NEW)
    assert os.listdir(tmp_path) == []


def test_writes_over_what_a_kill_left(tmp_path: Path) -> None:
    (tmp_path / "a.b.tmp").write_bytes(NEW * 2)
    write_whole(tmp_path / "a.b", NEW)
    assert (tmp_path / "a.b").read_bytes() == NEW
    assert os.listdir(tmp_path) == ["a.b"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none/a\.b was not written \(No such file or directory\)"):
        write_whole(tmp_path / "none" / "a.b", NEW)


def test_the_content_is_on_the_disk_before_the_name_and_the_name_before_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    sync, replace = os.fsync, Path.replace

    def watched_sync(descriptor: int) -> None:
        size = os.fstat(descriptor).st_size
        calls.append("sync of the folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else f"sync of {size} bytes")
        sync(descriptor)

    def watched_replace(old: Path, new: Path) -> Path:
        calls.append(f"{old.name} becomes {new.name}")
        return replace(old, new)

    monkeypatch.setattr(os, "fsync", watched_sync)
    monkeypatch.setattr(Path, "replace", watched_replace)
    write_whole(tmp_path / "a.b", NEW)
    assert calls == ["sync of 300000 bytes", "a.b.tmp becomes a.b", "sync of the folder"]


def windows_open(name: object, *rest: Any, **named: Any) -> int:
    if os.path.isdir(str(name)):
        raise PermissionError(errno.EACCES, "Permission denied", str(name))
    return REAL_OPEN(name, *rest, **named)  # type: ignore[arg-type]


def sync_that_fails(*, folders: bool, code: int) -> Callable[[int], None]:
    def sync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode) == folders:
            raise OSError(code, os.strerror(code))

    return sync


def test_a_folder_that_cannot_be_opened_as_on_windows_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "open", windows_open)
    write_whole(tmp_path / "a.b", NEW)
    assert (tmp_path / "a.b").read_bytes() == NEW


@pytest.mark.parametrize("folders", [True, False])
@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP, errno.ENOSYS])
def test_a_mount_that_cannot_sync_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folders: bool, code: int
) -> None:
    monkeypatch.setattr(os, "fsync", sync_that_fails(folders=folders, code=code))
    write_whole(tmp_path / "a.b", NEW)
    assert (tmp_path / "a.b").read_bytes() == NEW


def test_a_disk_that_fails_after_the_file_has_its_name_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", sync_that_fails(folders=True, code=errno.EIO))
    with pytest.raises(OSError, match="Input/output error") as caught:
        write_whole(tmp_path / "a.b", NEW)
    assert (
        str(caught.value) == f"[Errno 5] {tmp_path / 'a.b'} was written, but its folder could not be synced (Input/output error)"
    )
    assert (tmp_path / "a.b").read_bytes() == NEW


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_a_disk_that_fails_before_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    write_whole(tmp_path / "a.b", OLD)
    monkeypatch.setattr(os, "fsync", sync_that_fails(folders=False, code=code))
    with pytest.raises(OSError, match=r"a\.b was not written"):
        write_whole(tmp_path / "a.b", NEW)
    assert (tmp_path / "a.b").read_bytes() == OLD
    assert os.listdir(tmp_path) == ["a.b"]


def test_ctrl_c_in_the_middle_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    write_whole(tmp_path / "a.b", OLD)
    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "a.b", NEW)
    assert (tmp_path / "a.b").read_bytes() == OLD
    assert os.listdir(tmp_path) == ["a.b"]


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match=r"file/a\.b was not written \(Not a directory\)"):
        write_whole(tmp_path / "file" / "a.b", NEW)
