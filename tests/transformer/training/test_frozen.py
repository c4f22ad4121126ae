"""Runs in which a part of the model is frozen."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.transformer.helpers import assert_refused
from tests.transformer.training.helpers import ALONE, CONFIG, END, SETTINGS, START, make_examples, make_trainer, result_of
from transformer import Transformer
from transformer.training import Trainer, load_checkpoint


def frozen_trainer(folder: Path, parts: Sequence[str] = ("encoder",), **settings: Any) -> Trainer:
    torch.manual_seed(0)
    model = Transformer(CONFIG)
    for part in parts:
        model.get_submodule(part).requires_grad_(False)
    given: Any = {**SETTINGS.__dict__, **settings}
    return Trainer(
        model, make_examples(), type(SETTINGS)(**given), folder, start_id=START, end_id=END, process=ALONE, held_out=()
    )


def test_a_run_goes_on_to_the_same_bits_and_the_frozen_part_stays(tmp_path: Path) -> None:
    for steps in (8, 13):
        frozen_trainer(tmp_path / "grown", steps=steps, decay_steps=0).run()
    whole = frozen_trainer(tmp_path / "whole", steps=13, decay_steps=0)
    before = {name: weight.clone() for name, weight in whole.model.named_parameters()}
    whole.run()
    assert result_of(tmp_path / "grown") == result_of(tmp_path / "whole")
    for name, weight in whole.model.named_parameters():
        assert torch.equal(weight, before[name]) == name.startswith("encoder."), name


def test_an_old_gradient_of_a_frozen_parameter_shortens_no_step(tmp_path: Path) -> None:
    plain, marked = frozen_trainer(tmp_path), frozen_trainer(tmp_path)
    for parameter in marked.model.encoder.parameters():
        parameter.grad = torch.full_like(parameter, 1e6)
    for trainer in (plain, marked):
        torch.manual_seed(0)  # the same dropout
        trainer.train_step()
    pairs = zip(plain.model.parameters(), marked.model.parameters(), strict=True)
    assert all(torch.equal(ours, theirs) for ours, theirs in pairs)


def test_a_run_cannot_go_on_with_other_parts_frozen(tmp_path: Path) -> None:
    frozen_trainer(tmp_path, steps=8).run()
    path = tmp_path / "checkpoint.pt"
    for parts, name, before, now in (
        ((), "encoder", "frozen", "learned"),
        (("encoder", "decoder"), "decoder", "learned", "frozen"),
        (("decoder",), "decoder", "learned", "frozen"),
    ):
        with pytest.raises(
            ValueError, match=rf"was written with {name}\.\S+ {before}, and cannot go on with it {now} \(\d+ such\)$"
        ):
            frozen_trainer(tmp_path, parts, steps=13).run()
    assert load_checkpoint(path, limit=10**6)["step"] == 8


def test_a_parameter_that_is_frozen_later_is_missed_at_the_first_checkpoint(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    trainer.train_step()
    trainer.model.encoder.requires_grad_(False)
    with pytest.raises(ValueError, match=r"checkpoint\.pt: optimizer\.state\.\d+\.step must be 4 at step 4, got 1\.0"):
        trainer.run()
    assert not trainer.checkpoint_path.exists()


def test_a_checkpoint_from_before_frozen_was_written_is_taken(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    trainer.train_step()
    state = trainer.state_dict()
    del state["settings"]["frozen"]
    make_trainer(tmp_path).load_state_dict(state)


def test_a_model_that_is_all_frozen_is_refused(tmp_path: Path) -> None:
    message = "model must have a parameter that learns, got none with requires_grad"
    assert_refused(lambda: frozen_trainer(tmp_path, [""]), ValueError, message)
