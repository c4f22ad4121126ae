import json
from pathlib import Path

import pytest

from tests.transformer.training.helpers import full_disk
from transformer.training import Log, read_log

LINES = [{"step": step, "loss": 1 / (step + 1)} for step in (3, 6, 9)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    log = Log(tmp_path / "log.jsonl", 0)
    for line in LINES:
        log.write(line)
    return tmp_path / "log.jsonl"


def test_numbers_come_back_to_the_last_bit(path: Path) -> None:
    assert read_log(path) == LINES
    assert [json.loads(line) for line in path.read_text().splitlines()] == LINES


def test_a_new_run_begins_an_empty_log(path: Path) -> None:
    Log(path, 0)
    assert path.read_bytes() == b""


@pytest.mark.parametrize(("step", "kept"), [(5, 1), (6, 2), (9, 3), (99, 3)])
def test_a_run_goes_on_after_the_lines_up_to_its_step(path: Path, step: int, kept: int) -> None:
    Log(path, step).write({"step": 100})
    assert read_log(path) == [*LINES[:kept], {"step": 100}]


def test_a_last_line_that_was_cut_anywhere_is_left_out_and_written_anew(path: Path) -> None:
    whole = path.read_bytes()
    begin = whole.rindex(b"\n", 0, -1) + 1
    for end in range(begin, len(whole) + 1):
        path.write_bytes(whole[:end])
        complete = end >= len(whole) - 1
        assert read_log(path) == LINES[: 3 if complete else 2]
        Log(path, 6).write(LINES[2])
        assert path.read_bytes() == whole


@pytest.mark.parametrize("line", [b"{", b"\xff", b"9", b"[]", b'{"loss": 1.0}', b'{"step": "3"}', b""], ids=repr)
def test_a_damaged_line_before_the_last_is_refused_and_stays(path: Path, line: bytes) -> None:
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([lines[0], line, lines[2], b""]))
    before = path.read_bytes()
    with pytest.raises(ValueError, match="line 2: a JSON object with its step is expected, got ") as caught:
        Log(path, 9)
    assert str(caught.value) == f"{path}, line 2: a JSON object with its step is expected, got {line!r}"
    assert path.read_bytes() == before


def test_a_full_disk_is_told_and_costs_no_line_before(path: Path) -> None:
    log = Log(path, 9)
    with full_disk(path.stat().st_size + 7), pytest.raises(OSError, match="File too large") as caught:
        log.write({"step": 12, "loss": 0.5})
    assert str(caught.value) == f"[Errno 27] {path} was not written (File too large)"
    assert path.read_bytes().endswith(b'\n{"step"')
    assert read_log(path) == LINES


def test_a_log_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"log\.jsonl"):
        read_log(tmp_path / "log.jsonl")
