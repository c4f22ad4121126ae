"""The command ``evaluate-poet``, as it is typed, on invented poems."""

import json
import math
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.transformer.spelling.helpers import refused
from transformer.__main__ import MORE
from transformer.poems.evaluate import PoetEvaluation, poems_like
from transformer.poems.forms import form_of
from transformer.poems.package import ARCHIVE
from transformer.poems.poem_file import load_poems
from transformer.poems.poet import Poet
from transformer.poems.rules import judge, read_sounds
from transformer.spelling.commands import main
from transformer.spelling.evaluate import digest_of


def score(data: Path, trained: Path, *more: str) -> list[str]:
    return ["evaluate-poet", f"--data={data}", f"--model={trained / 'poet.safetensors'}", *more]


@pytest.fixture(scope="module")
def record(data: Path, trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("record") / "evaluation.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("transformer.poems.package.SHA256", digest_of(data / ARCHIVE))
        assert main(score(data, trained, f"--weights={trained / 'weights'}", f"--record={path}"), MORE) == 0
    return path


def test_the_record_says_what_was_measured(data: Path, trained: Path, record: Path) -> None:
    found, test = PoetEvaluation.load(record), load_poems(trained / "test.txt")
    assert (found.weights, found.archive) == (digest_of(trained / "poet.safetensors"), digest_of(data / ARCHIVE))
    assert found.characters == sum(len(line) for poem in test for line in poem)
    assert list(found.perplexity) == ["poet", *(f"Kneser-Ney {order}" for order in range(2, 6)), "PPMd"]
    nats = Poet.load(trained / "poet.safetensors").nats(test)
    assert found.perplexity["poet"] == pytest.approx(math.exp(nats.sum() / found.characters))
    assert all(1 < value < 100 for value in found.perplexity.values())
    assert set(found.by_form) == {str(form_of(poem)) for poem in test}
    assert list(found.rules) == ["people", "the poet", "shuffling", "3-grams"]
    assert found.rules["people"] == asdict(judge(test, read_sounds()))
    assert {rules["tones"]["judged"] > 0 for rules in found.rules.values()} == {True}
    assert [point["step"] for point in found.curve] == [12]


def test_the_poet_writes_as_many_poems_of_each_form_as_there_are(trained: Path) -> None:
    test = load_poems(trained / "test.txt")
    written = poems_like(test, Poet.load(trained / "poet.safetensors"), seed=1)
    assert sorted(map(str, map(form_of, written))) == sorted(map(str, map(form_of, test)))


def test_the_tables_are_narrow_and_a_record_is_confirmed_or_refused(
    data: Path, trained: Path, record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(score(data, trained, f"--check={record}"), MORE) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == f"as {record} says"
    assert max(map(len, said[:-1])) <= 40
    wrong = json.loads(record.read_text())
    wrong["perplexity"]["PPMd"] *= 1.01
    other = tmp_path / "other.json"
    other.write_text(json.dumps(wrong))
    found = PoetEvaluation.load(record)
    with pytest.raises(ValueError, match="says that the perplexity of PPMd is"):
        found.check(other)
    other.write_text(json.dumps(wrong | {"seed": 3}))
    with pytest.raises(ValueError, match="was made with seed = 3, and this run with 0"):
        found.check(other)
    del wrong["perplexity"]["poet"]
    other.write_text(json.dumps(wrong))
    with pytest.raises(ValueError, match="says that the perplexity of poet is nan"):
        found.check(other)


@pytest.mark.bad_input
def test_wrong_usage_is_told_in_one_line(data: Path, trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def told(*words: str, status: int = 2) -> str:
        return refused(capsys, score(data, trained, *words), status, MORE).removeprefix("python -m transformer: error: ")

    assert told(f"--weights={tmp_path}") == f"--weights {tmp_path} holds no step-*.safetensors"
    (tmp_path / "record").write_text("{}")
    assert told(f"--check={tmp_path / 'record'}").startswith(f"{tmp_path / 'record'} is no record of a poet's evaluation (")
    assert told("--model=none", status=1) == "[Errno 2] No such file or directory: 'none'"
    (tmp_path / "empty").write_text("")
    (tmp_path / "bad").write_text("東同 銅桐\n")
    with pytest.raises(ValueError, match="holds no poem"):
        load_poems(tmp_path / "empty")
    with pytest.raises(ValueError, match="bad, line 1: a poem of one of the four forms is expected, got '東同 銅桐'"):
        load_poems(tmp_path / "bad")
