"""The engines answer what the package answers."""

from pathlib import Path

import pytest

from tests.transformer.export.helpers import asked_in_batches, export_by_command, run_snippet

Answers = dict[str, list[str]]


@pytest.mark.parametrize("engine", ["onnx", "ctranslate2"])
def test_an_engine_gives_2000_words_the_greedy_answers_of_the_package(
    engine: str,
    exports: Path,
    words: list[str],
    answers: Answers,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    say = run_snippet(export_by_command(exports / engine, "--to", engine), monkeypatch)
    assert capsys.readouterr().out == "[['T', 'R', 'AE', 'N', 'S', 'F', 'AO', 'R', 'M', 'ER']]\n"
    found = asked_in_batches(say, words)
    assert len(found) == 2000
    assert [word for word in words if found[word] != answers[word]] == []
    # One at a time there is no padding, and nothing that has ended waits for the others.
    assert asked_in_batches(say, words[:50], size=1) == {word: answers[word] for word in words[:50]}


def test_8_bit_weights_take_a_quarter_and_change_few_answers(
    exports: Path, words: list[str], answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = export_by_command(exports / "int8", "--to", "ctranslate2", "--quantization", "int8")
    assert (folder / "model.bin").stat().st_size < 0.27 * 4 * 2_557_440
    found = asked_in_batches(run_snippet(folder, monkeypatch), words)
    # A weight moves by up to 1/254 of the largest in its row, so where two phones are almost as good the other may win.
    different = [word for word in words if found[word] != answers[word]]
    assert 0 < len(different) < 100
