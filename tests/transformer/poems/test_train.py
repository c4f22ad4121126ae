"""The command ``train-poet``, as it is typed, on invented poems."""

import json
from pathlib import Path

import pytest
import torch

from tests.transformer.helpers import assert_exact
from tests.transformer.poems.helpers import SMALL
from tests.transformer.spelling.helpers import refused
from tests.transformer.training.helpers import ALONE, result_of
from transformer.__main__ import MORE
from transformer.poems import package
from transformer.poems.learner import Verse
from transformer.poems.model import PoetSettings, make_poet
from transformer.spelling.commands import main
from transformer.spelling.endings import StoppedError
from transformer.training import Trainer, load_weights, read_log, read_notes


def train(data: Path, folder: Path, *more: str) -> list[str]:
    return ["train-poet", str(folder), f"--data={data}", *SMALL, *more]


def test_a_run_that_is_stopped_and_resumed_ends_in_the_same_bits(
    data: Path, trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    step = Trainer.train_step

    def stopped(trainer: Trainer) -> tuple[torch.Tensor, int]:
        if trainer.step == 7:
            raise StoppedError(15)
        return step(trainer)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "train_step", stopped)
        assert main(train(data, tmp_path / "run"), MORE) == 143
    assert capsys.readouterr().err == "python -m transformer: stopped at step 7; --resume goes on from step 4\n"
    assert main(train(data, tmp_path / "run", "--resume"), MORE) == 0
    assert capsys.readouterr().out == f"The poet is in {tmp_path / 'run' / 'poet.safetensors'}\n"
    assert result_of(tmp_path / "run") == result_of(trained)
    assert (tmp_path / "run" / "poet.safetensors").read_bytes() == (trained / "poet.safetensors").read_bytes()


def test_the_weights_of_every_checkpoint_are_kept_if_one_asks(data: Path, trained: Path, tmp_path: Path) -> None:
    assert main(train(data, tmp_path / "run", "--keep-weights"), MORE) == 0
    names = [f"step-{step:07d}.safetensors" for step in (4, 8, 12)]
    assert sorted(path.name for path in (tmp_path / "run" / "weights").iterdir()) == names
    assert [path.name for path in (trained / "weights").iterdir()] == names[-1:]
    assert (tmp_path / "run" / "poet.safetensors").read_bytes() == (trained / "poet.safetensors").read_bytes()


def test_the_model_says_what_it_is_and_the_log_how_well_it_learns(trained: Path) -> None:
    notes = read_notes(trained / "model.safetensors")
    assert len(notes["characters"]) == 20
    sizes = PoetSettings(d_model=12, num_layers=1, num_heads=3, num_kv_heads=1, head_dim=4, d_ff=9).sizes(26)
    learner = Verse(sizes)
    assert json.loads(notes["config"]) == learner.config
    load_weights(trained / "model.safetensors", make_poet(sizes))
    losses = [line["held_out_loss"] for line in read_log(trained / "log.jsonl") if "held_out_loss" in line]
    assert len(losses) == 3
    assert losses[-1] < losses[0]


def test_the_loss_is_the_mean_over_the_characters_whatever_stands_beside_them() -> None:
    sizes = PoetSettings(d_model=12, num_layers=1, num_heads=3, num_kv_heads=1, head_dim=4, d_ff=9).sizes(26)
    torch.manual_seed(0)
    learner, model = Verse(sizes), make_poet(sizes).double()
    short, long = ([2], list(range(6, 26))), ([3], [*range(6, 26), *range(6, 14)])
    alone = [learner.loss(model, [example], device=ALONE.device) * learner.count(example) for example in (short, long)]
    assert_exact(learner.loss(model, [short, long], device=ALONE.device) * 48, sum(alone, torch.zeros(())), "mixed forms")
    scores = model(torch.tensor([[2, *short[1]]]))[0]
    right = scores.log_softmax(-1)[torch.arange(20), torch.tensor(short[1])]
    assert_exact(alone[0], -right.sum())


@pytest.mark.bad_input
def test_wrong_usage_is_told_in_one_line(
    data: Path, trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(*words: str, status: int = 2) -> str:
        return refused(capsys, list(words), status, MORE).removeprefix("python -m transformer: error: ")

    new = train(data, tmp_path / "new")
    assert told(*train(data, trained)) == f"FOLDER {trained} holds a run already: add --resume to go on with it"
    assert told(*new, "--resume") == f"FOLDER {tmp_path / 'new'} holds no run to resume"
    assert told(*new, "--num-kv-heads=2") == "num_heads (3) must be divisible by num_kv_heads (2)"
    assert told(*new, "--head-dim=3") == "head_dim must be even, since numbers turn in pairs, got 3"
    assert told(*new, "--decay-steps=99").startswith("warmup_steps and decay_steps must fit into steps = 12")
    assert told(*new, "--seen=9999") == "symbols must be at least one, each once, got 0, 0 of them different"
    said = told(*train(data, trained, "--resume", "--d-ff=10"))
    assert said.endswith("checkpoint.pt was written with d_ff = 9, and cannot go on with 10")
    monkeypatch.setattr(package, "SHA256", "0" * 64)
    assert told(*new).startswith(f"{data / package.ARCHIVE} must have the SHA-256 0000")
    assert not (tmp_path / "new").exists()


@pytest.mark.bad_input
def test_refuses_examples_that_are_no_poems() -> None:
    learner = Verse(PoetSettings().sizes(26))
    good = ([2], [6] * 20)
    for bad in (([2], [6] * 19), ([6], [6] * 20), ([], [6] * 20), ([2, 2], [6] * 20)):
        with pytest.raises(ValueError, match=r"examples\[1\] must be a form and its characters, got "):
            learner.check("examples", [good, bad])
    for token in (0, 26):
        with pytest.raises(ValueError, match=rf"dev\[0\] must have ids in \[1, 26\), got {token}"):
            learner.check("dev", [([2], [6] * 19 + [token])])
