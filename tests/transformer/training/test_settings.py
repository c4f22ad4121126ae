from dataclasses import FrozenInstanceError
from functools import partial
from typing import Any

import pytest

from tests.transformer.helpers import assert_refused
from transformer.training import TrainingSettings


def refusal(name: str, value: Any, error: type[Exception], message: str) -> Any:
    return pytest.param(partial(TrainingSettings, **{name: value}), error, f"{name} must be {message}", id=f"{name}={value}")


COUNTS = ["steps", "batch_size", "save_every", "log_every", "average"]
REFUSED = [
    *(refusal(name, 0, ValueError, "at least 1, got 0") for name in COUNTS),
    *(refusal(name, 2.0, TypeError, "an int, got float (2.0)") for name in [*COUNTS, "warmup_steps", "decay_steps", "seed"]),
    refusal("steps", True, TypeError, "an int, got bool (True)"),
    refusal("steps", "9", TypeError, "an int, got str ('9')"),
    *(refusal(name, -1, ValueError, "at least 0, got -1") for name in ("warmup_steps", "decay_steps", "seed")),
    refusal("seed", 2**32, ValueError, "less than 4294967296, got 4294967296"),
    refusal("learning_rate", 0.0, ValueError, "a finite number above 0, got 0.0"),
    refusal("learning_rate", float("nan"), ValueError, "a finite number above 0, got nan"),
    refusal("learning_rate", "fast", TypeError, "a number, got str ('fast')"),
    refusal("clip_norm", float("inf"), ValueError, "a finite number above 0, got inf"),
    refusal("clip_norm", -1.0, ValueError, "a finite number above 0, got -1.0"),
    refusal("label_smoothing", 1.0, ValueError, "in [0, 1), got 1.0"),
    refusal("label_smoothing", -0.1, ValueError, "in [0, 1), got -0.1"),
    refusal("label_smoothing", None, TypeError, "a number, got NoneType (None)"),
    refusal("weight_decay", -0.1, ValueError, "a finite number of at least 0, got -0.1"),
    refusal("weight_decay", float("nan"), ValueError, "a finite number of at least 0, got nan"),
    refusal("weight_decay", False, TypeError, "a number, got bool (False)"),
]


@pytest.mark.bad_input
@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_refuses(call: partial[TrainingSettings], error: type[Exception], message: str) -> None:
    assert_refused(call, error, message)


def test_refuses_a_warm_up_and_a_decay_that_meet() -> None:
    assert TrainingSettings(steps=10, warmup_steps=4, decay_steps=6).steps == 10
    message = "warmup_steps and decay_steps must fit into steps = 10, got 5 + 6 = 11"
    assert_refused(lambda: TrainingSettings(steps=10, warmup_steps=5, decay_steps=6), ValueError, message)


def test_takes_the_ends_of_the_ranges() -> None:
    TrainingSettings(seed=2**32 - 1, label_smoothing=0.0, weight_decay=0.0, warmup_steps=0, decay_steps=0)


@pytest.mark.bad_input
def test_takes_a_whole_number_where_a_file_may_say_so() -> None:
    TrainingSettings(learning_rate=1, clip_norm=5, weight_decay=0)


def test_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(TrainingSettings(), "steps", 6)  # noqa: B010 - a plain assignment is refused by mypy before it is by Python
