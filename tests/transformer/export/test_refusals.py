"""What cannot be exported is told in one line, and leaves nothing behind."""

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from tests.transformer.spelling.helpers import refused
from tests.transformer.training.helpers import full_disk, run_python
from transformer.export.engines import export
from transformer.export.folder import named_ids, whole_folder
from transformer.spelling.commands import main
from transformer.spelling.speller import Speller
from transformer.spelling.vocabulary import Vocabulary

TO = ["--to", "ctranslate2"]
START = "python -m transformer"


def test_wrong_usage_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "model")
    said = refused(capsys, ["export", "--to", "tflite", folder], 2)
    assert said.startswith(f"{START} export: error: argument --to: invalid choice: 'tflite' (choose from ")
    said = refused(capsys, ["export", folder], 2)
    assert said == f"{START} export: error: the following arguments are required: --to (--help tells more)"
    said = refused(capsys, ["export", "--to", "onnx", "--quantization", "int8", folder], 2)
    assert said == f"{START}: error: quantization must be float32 for onnx, got 'int8'"
    said = refused(capsys, ["export", *TO, "--model", str(tmp_path / "none"), folder], 1)
    assert str(tmp_path / "none") in said
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "note").write_text("mine")
    said = refused(capsys, ["export", *TO, str(tmp_path)], 2)
    assert said == f"{START}: error: {tmp_path} must be a new or an empty folder, got one that holds note"
    said = refused(capsys, ["export", *TO, str(tmp_path / "note")], 2)
    assert said == f"{START}: error: {tmp_path / 'note'} must be a new or an empty folder, got a file"
    said = refused(capsys, ["export", *TO, str(tmp_path / "a" / "b")], 1)
    assert said == f"{START}: error: {tmp_path / 'a'} must be a folder, for b to be written there; there is none"
    assert [path.name for path in tmp_path.iterdir()] == ["note"]


@pytest.mark.parametrize("engine", ["onnx", "ctranslate2"])
def test_an_engine_that_is_not_installed_is_told_with_what_installs_it(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def not_there(library: str) -> str:
        raise PackageNotFoundError(library)

    monkeypatch.setattr("transformer.export.engines.version", not_there)
    said = refused(capsys, ["export", "--to", engine, str(tmp_path / "model")], 1)
    assert said == f"{START}: error: {engine} is not installed: pip install 'transformer-checked[export]'"
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with full_disk(30_000):
        said = refused(capsys, ["export", *TO, str(tmp_path / "model")], 1)
    assert said == f"{START}: error: [Errno 27] File too large"
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_filled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", *TO, str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"The model for ctranslate2 is in {tmp_path}: README.md there shows how to ask it\n"
    expected = ["README.md", "config.json", "model.bin", "source_vocabulary.json", "symbols.json", "target_vocabulary.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == expected


def test_an_error_while_writing_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), whole_folder(tmp_path / "model") as new:
        fail(new)
    assert list(tmp_path.iterdir()) == []


def test_what_no_engine_knows_is_refused(speller: Speller, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^engine must be onnx or ctranslate2, got 'tflite'$"):
        export(speller, "tflite", tmp_path / "model")
    with pytest.raises(ValueError, match=r"^symbols must not be called <pad> or <s> or </s> to be exported, got '<s>'$"):
        named_ids(Vocabulary(("a", "<s>")))


def test_the_package_and_its_commands_import_no_engine() -> None:
    code = "import sys, transformer, transformer.spelling.commands as _; print(*{name.split('.')[0] for name in sys.modules})"
    imported = set(run_python("-c", code).stdout.split())
    assert "transformer" in imported
    assert imported.isdisjoint({"onnx", "onnxscript", "onnxruntime", "ctranslate2"})
