from dataclasses import asdict
from functools import partial

import pytest

from tests.transformer.helpers import assert_exact, assert_refused
from tests.transformer.training.helpers import ALONE, CONFIG, END, PAD, START, make_examples
from transformer import Transformer, sequence_loss
from transformer.training import Translation, pad_examples

LEARNER = Translation(CONFIG, START, END)


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_a_translations_loss_is_that_of_the_target_moved_by_one(smoothing: float) -> None:
    model, examples = Transformer(CONFIG).double().eval(), make_examples(5)
    found = LEARNER.loss(model, examples, label_smoothing=smoothing, device=ALONE.device)
    source, target = pad_examples(examples, pad_id=PAD, start_id=START, end_id=END)
    expected = sequence_loss(model(source, target[:, :-1]), target[:, 1:], pad_id=PAD, label_smoothing=smoothing)
    assert_exact(found, expected.detach())


def test_it_counts_the_end_and_says_which_model_it_is_of() -> None:
    assert [LEARNER.count(([5], target)) for target in ([], [6, 7])] == [1, 3]
    assert LEARNER.config == asdict(CONFIG)


@pytest.mark.bad_input
def test_refuses_ids_that_are_none_and_examples_that_do_not_fit() -> None:
    assert_refused(partial(Translation, CONFIG, 9, END), ValueError, "start_id must be in [0, 9), got 9")
    assert_refused(partial(Translation, CONFIG, START, 0), ValueError, "end_id must not be pad_id = 0")
    message = "words[0] must have a source of 1 to 11 ids, got 0"
    assert_refused(partial(LEARNER.check, "words", [([], [3])]), ValueError, message)
