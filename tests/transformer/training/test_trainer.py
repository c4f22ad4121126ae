from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from tests.transformer.helpers import assert_exact, assert_identical, assert_refused
from tests.transformer.training.helpers import (
    ALONE,
    CONFIG,
    END,
    PAD,
    SETTINGS,
    START,
    make_examples,
    make_trainer,
    result_of,
    same_weights,
    weights_of,
)
from transformer import Transformer, sequence_loss
from transformer.training import Process, Trainer, pad_examples, read_log

CALM = replace(CONFIG, dropout=0.0)
pad = partial(pad_examples, pad_id=PAD, start_id=START, end_id=END)


def test_learns_to_copy_backwards(tmp_path: Path) -> None:
    config = replace(CONFIG, d_model=24, num_heads=2, d_ff=48, dropout=0.0)
    trainer = make_trainer(
        tmp_path, config=config, examples=make_examples(64), steps=150, batch_size=16, decay_steps=50, save_every=75, average=1
    )
    trainer.run()
    losses = [line["loss"] for line in read_log(tmp_path / "log.jsonl")]
    assert losses[0] > 2.0  # chance is ln 9 = 2.2
    assert losses[-1] < 0.9  # label smoothing leaves at least 0.51


def test_the_same_seed_ends_in_the_same_bits_and_another_does_not(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        torch.manual_seed(len(name))
        make_trainer(tmp_path / name, seed=seed, held_out=make_examples(3)).run()
    first, second, other = (result_of(tmp_path / name) for name in "abc")
    assert first == second
    assert first["state"] != other["state"]
    assert first["curve"] != other["curve"]
    assert first["model"] != other["model"]


def test_the_loss_in_the_log_is_the_mean_over_the_tokens_since_the_line_before(tmp_path: Path) -> None:
    make_trainer(tmp_path, config=CALM).run()
    watched, sums, tokens, means = make_trainer(tmp_path / "b", config=CALM), 0.0, 0, []
    for step in range(1, 14):
        loss, count = watched.train_step()
        sums, tokens = sums + float(loss), tokens + count
        if step in (3, 4, 6, 8, 9, 12, 13):
            means.append(sums / tokens)
            sums, tokens = 0.0, 0
    assert [line["loss"] for line in read_log(tmp_path / "log.jsonl")] == pytest.approx(means, rel=1e-6)


def test_a_step_is_one_of_adamw_on_the_mean_over_the_tokens(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path, config=CALM, clip_norm=0.5, weight_decay=0.1, warmup_steps=0)
    torch.manual_seed(0)
    ours = Transformer(CALM)
    assert same_weights(ours.state_dict(), weights_of(trainer))
    # Where a gradient is zero but for rounding, Adam makes steps of the rounding: in float64 it is smaller than eps.
    for model in (ours, trainer.model):
        model.double()
    groups = [[p for p in ours.parameters() if (p.dim() > 1) == matrix] for matrix in (True, False)]
    settings = ({"params": groups[0], "weight_decay": 0.1}, {"params": groups[1], "weight_decay": 0.0})
    optimizer = torch.optim.AdamW(settings, lr=0.01, betas=(0.9, 0.98), eps=1e-9)
    examples = make_examples()
    for _ in range(3):
        rows = trainer.batches.next()
        trainer.batches.position -= 1
        source, target = pad([examples[row] for row in rows])
        loss = sequence_loss(ours(source, target[:, :-1]), target[:, 1:], pad_id=PAD, label_smoothing=0.1)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        assert float(torch.nn.utils.clip_grad_norm_(ours.parameters(), 0.5)) > 0.5  # so the cut is seen
        optimizer.step()
        summed, count = trainer.train_step()
        assert count == sum(len(examples[row][1]) + 1 for row in rows)
        assert_exact(summed / count, loss.detach())
    for name, weight in ours.state_dict().items():
        assert_exact(trainer.model.state_dict()[name], weight, name)


def test_the_held_out_loss_is_the_mean_over_all_tokens_without_dropout_or_smoothing(tmp_path: Path) -> None:
    held_out = make_examples(12)
    trainer = make_trainer(tmp_path, held_out=held_out)
    before, generator = weights_of(trainer), torch.get_rng_state()
    total, tokens = 0.0, 0
    trainer.model.eval()
    for example in held_out:  # one by one: no padding, no batches of unlike size
        source, target = pad([example])
        scores = trainer.model(source, target[:, :-1]).detach().double()
        total += float(F.cross_entropy(scores[0], target[0, 1:], reduction="sum"))
        tokens += len(example[1]) + 1
    trainer.model.train()
    assert trainer.measure_held_out() == pytest.approx(total / tokens, rel=1e-6)
    assert trainer.model.training
    assert same_weights(weights_of(trainer), before)
    assert_identical(torch.get_rng_state(), generator)
    assert all(parameter.grad is None for parameter in trainer.model.parameters())


def test_held_out_examples_change_nothing_that_is_learned(tmp_path: Path) -> None:
    make_trainer(tmp_path / "a").run()
    make_trainer(tmp_path / "b", held_out=make_examples(3)).run()
    assert result_of(tmp_path / "a")["state"] == result_of(tmp_path / "b")["state"]


@pytest.mark.bad_input
def test_refuses_what_it_could_not_train_on(tmp_path: Path) -> None:
    def make(**changes: object) -> None:
        words = {"start_id": START, "end_id": END, "process": ALONE, **changes}
        Trainer(Transformer(CONFIG), words.pop("examples", make_examples()), SETTINGS, tmp_path, **words)  # type: ignore[arg-type]

    six = Process(0, 6, torch.device("cpu"))
    assert_refused(partial(make, examples=[]), ValueError, "examples must hold at least one pair of source and target, got none")
    message = "examples[0] must have source ids in [0, 9) but for pad_id = 0, got 9"
    assert_refused(partial(make, examples=[([9], [3])]), ValueError, message)
    message = "held_out[0] must have a source of 1 to 11 ids, got 0"
    assert_refused(partial(make, held_out=[([], [3])]), ValueError, message)
    message = "batch_size must give each of 6 processes an example, got batches of 4"
    assert_refused(partial(make, process=six), ValueError, message)
    for name in ("start_id", "end_id"):
        assert_refused(partial(make, **{name: 9}), ValueError, f"{name} must be in [0, 9), got 9")
        assert_refused(partial(make, **{name: 0}), ValueError, f"{name} must not be pad_id = 0")
        assert_refused(partial(make, **{name: 1.0}), TypeError, f"{name} must be an int, got float (1.0)")
    assert list(tmp_path.iterdir()) == []
