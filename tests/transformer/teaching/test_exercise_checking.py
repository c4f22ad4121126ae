"""What the checker does with an answer, whatever it does: one clear message, and nothing outside is changed."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.transformer.helpers import assert_refused
from transformer.teaching.exercises import EXERCISES, Exercise, Result, check

CALL = "split_heads(torch.arange(12.).view(1, 3, 4), 2)"


def right(x: Tensor, num_heads: int) -> Tensor:
    return torch.stack(x.chunk(num_heads, dim=-1), dim=1)


def broken(_x: Tensor, _num_heads: int) -> Tensor:
    raise KeyError("the third")


def writing(x: Tensor, num_heads: int) -> Tensor:
    output = right(x, num_heads).clone()
    x[0, 0, 0] = 7
    return output


def not_a_number(x: Tensor, num_heads: int) -> Tensor:
    return right(x, num_heads) * float("nan")


BAD: dict[str, tuple[Callable[..., object], str, str]] = {
    "nothing": (lambda _x, _n: None, "it returns None, expected a tensor", "It returns None on every input: is there a return?"),
    "a list": (lambda x, n: right(x, n).tolist(), "it returns a list, expected a tensor", ""),
    "a number": (lambda _x, _n: 3, "it returns an int, expected a tensor", ""),
    "another shape": (lambda x, n: right(x, n)[0], "it returns a tensor of shape (2, 3, 2), expected (1, 2, 3, 2)", ""),
    "another dtype": (lambda x, n: right(x, n).half(), "it returns a tensor of dtype torch.float16, expected torch.float32", ""),
    "another device": (lambda x, n: right(x, n).to("meta"), "it returns a tensor on device meta, expected cpu", ""),
    "NaN": (not_a_number, "it returns 12 wrong numbers of 12, the first at [0, 0, 0, 0]: nan instead of 0", ""),
    "some wrong numbers": (
        lambda x, n: right(x, n).index_fill(-1, torch.tensor([1]), 9.0),
        "it returns 5 wrong numbers of 12, the first at [0, 0, 0, 1]: 9 instead of 1",
        "",
    ),
    "an error": (broken, "it raises KeyError: 'the third'", ""),
    "writes into its input": (
        writing,
        "it must not change its argument x: 1 wrong number of 12, the first at [0, 0, 0]: 7 instead of 0",
        "",
    ),
    "a module": (lambda _x, _n: nn.ReLU(), "it returns a module, expected a tensor", ""),
    "a class of its own": (
        lambda _x, _n: Result("a", 1),
        "it returns a transformer.teaching.exercises.result.Result, expected",
        "",
    ),
}


@pytest.mark.parametrize(("answer", "problem", "hint"), BAD.values(), ids=BAD)
def test_a_bad_answer_gets_one_clear_message(answer: Callable[..., object], problem: str, hint: str) -> None:
    result = check("split_heads", answer)
    assert not result
    assert result.call == CALL
    assert result.problem.startswith(problem)
    assert result.hint == hint


def test_an_error_is_kept_with_its_line_and_its_input() -> None:
    result = check("split_heads", broken)
    assert isinstance(result.error, KeyError)
    assert result.line == 'raise KeyError("the third")'
    assert CALL in " ".join(repr(result).split())


def test_an_error_inside_torch_is_told_by_the_line_that_called_it() -> None:
    def answer(x: Tensor, num_heads: int) -> Tensor:
        wrong = x.shape[-1] + num_heads
        return nn.Linear(wrong, 1)(x)

    assert check("split_heads", answer).line.startswith("return nn.Linear(wrong, 1)(x)")


def test_an_error_without_words_is_told_by_its_kind() -> None:
    def answer(_x: Tensor, _num_heads: int) -> Tensor:
        raise AssertionError

    assert check("split_heads", answer).problem == "it raises AssertionError"


def test_what_must_be_refused_but_is_not() -> None:
    result = check("head_width", lambda d_model, num_heads: max(d_model // num_heads, 1) if d_model % num_heads == 0 else None)
    assert (result.failed, result.problem) == (3, "it returns, but must raise a ValueError")
    assert (result.got, result.expected) == ("None", "a ValueError")


@pytest.mark.parametrize(
    ("answer", "takes"),
    [
        (lambda x: x, "(x): too many positional arguments"),
        (lambda x, num_heads, more: (x, num_heads, more), "(x, num_heads, more): missing a required argument: 'more'"),
        (lambda x, *, num_heads: (x, num_heads), "(x, *, num_heads): "),
    ],
    ids=["too few", "too many", "by name only"],
)
def test_other_parameters_are_told_before_anything_is_called(answer: Callable[..., object], takes: str) -> None:
    result = check("split_heads", answer)
    assert not result
    assert result.problem.startswith(f"it must be written split_heads(x, num_heads), but takes {takes}")
    assert repr(result).startswith("split_heads is not right yet.\nproblem   ")
    assert (result.inputs, result.failed, result.call) == (0, 0, "")


def test_a_function_that_does_not_tell_its_parameters_is_called() -> None:
    assert check("contiguous_strides", max).problem == "it returns an int, expected a tuple"


@pytest.mark.parametrize(
    ("function", "kind"), [(None, "NoneType"), ("split_heads", "str"), (torch.zeros(3), "Tensor")], ids=["None", "name", "tensor"]
)
def test_what_cannot_be_called_is_refused(function: object, kind: str) -> None:
    message = f"function must be the function split_heads(x, num_heads) itself, got {kind}: check('split_heads', split_heads)"
    assert_refused(lambda: check("split_heads", function), TypeError, message)


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    assert_refused(
        lambda: check("split_head", right), ValueError, "there is no exercise 'split_head': did you mean 'split_heads'?"
    )


def test_a_name_like_no_other_is_refused_with_all_names() -> None:
    message = f"there is no exercise 'qqq': there are {', '.join(EXERCISES)}"
    assert_refused(lambda: check("qqq", right), ValueError, message)


@pytest.mark.bad_input
def test_a_function_in_place_of_the_name_is_refused() -> None:
    message = "exercise must be the name of an exercise, got function: check('split_heads', split_heads)"
    assert_refused(lambda: check(right, right), TypeError, message)  # type: ignore[arg-type]


def test_only_errors_are_caught() -> None:
    def stop(_x: Tensor, _num_heads: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("split_heads", stop)


def test_random_numbers_and_modes_of_the_caller_stay_as_they_were() -> None:
    torch.manual_seed(3)
    wanted = torch.rand(2)
    torch.manual_seed(3)
    with torch.no_grad():
        assert check("dropped_attention", EXERCISES["dropped_attention"].solution)
        assert check("masked_softmax", EXERCISES["masked_softmax"].solution)
        assert check("learnable_numbers", EXERCISES["learnable_numbers"].solution)
        assert not torch.is_grad_enabled()
    assert torch.equal(torch.rand(2), wanted)


def test_each_call_has_the_same_random_numbers() -> None:
    seen = []

    def answer(x: Tensor, num_heads: int) -> Tensor:
        seen.append(torch.rand(1).item())
        return right(x, num_heads)

    for seed in (1, 2):  # of the caller
        torch.manual_seed(seed)
        check("split_heads", answer)
    assert len(seen) == 2 * len(EXERCISES["split_heads"].inputs)
    assert len(set(seen)) == 1


def test_an_exercise_of_ones_own() -> None:
    exercise = Exercise(abs, inputs=("2", "-3"), mistakes=())
    assert exercise.name == "abs"
    assert check(exercise, abs)
    result = check(exercise, lambda x: x)
    assert (result.call, result.problem, result.failed) == ("abs(-3)", "it returns -3, expected 3", 1)


def test_a_module_whose_forward_fails_or_returns_nothing() -> None:
    class Failing(nn.Linear):
        def __init__(self, width: int, depth: int) -> None:
            super().__init__(width, width)
            self.depth = depth

        def forward(self, x: Tensor) -> Tensor:
            raise RuntimeError(f"no {len(x)}")

    class Empty(Failing):
        def forward(self, _x: Tensor) -> Any:
            return None

    assert check("Chain", Failing).problem == "it raises RuntimeError: no 2"
    assert check("Chain", Empty).problem == "the shape of its output: None, expected a tuple"
    assert check("Chain", lambda _width, _depth: torch.ones(1)).problem == "it returns a tensor, expected a module"


def test_a_result_as_html_is_escaped_and_complete() -> None:
    result = Result("f", 3, 2, call="f(1 < 2)", problem="it <raises>", line="x", got="[1]", expected="[2]", hint="a & b")
    assert result._repr_html_() == (
        '<div class="checked wrong"><p class="checked-verdict"><span aria-hidden="true">✗</span> f is not right yet: '
        "2 of 3 inputs fail. This is the smallest.</p><dl><dt>input</dt><dd><code>f(1 &lt; 2)</code></dd>"
        "<dt>problem</dt><dd>it &lt;raises&gt;</dd><dt>line</dt><dd><code>x</code></dd><dt>got</dt><dd><code>[1]</code></dd>"
        "<dt>expected</dt><dd><code>[2]</code></dd><dt>hint</dt><dd>a &amp; b</dd></dl></div>"
    )
    verdict = '<span aria-hidden="true">✓</span> f is right on all 3 inputs.'
    assert Result("f", 3)._repr_html_() == f'<div class="checked right"><p class="checked-verdict">{verdict}</p></div>'


def test_a_result_as_text_fits_a_phone() -> None:
    result = Result("f", 3, 1, call="f(1)", problem="word " * 30, hint="well-known " * 20)
    lines = repr(result).splitlines()
    assert lines[:2] == ["f is not right yet: 1 of 3 inputs fails.", "input     f(1)"]
    assert max(map(len, lines)) <= 66
    assert not any(line.endswith("well-") for line in lines)


def test_a_large_tensor_is_told_by_its_shape() -> None:
    result = check("key_mask", lambda tokens, _pad_id: tokens.new_zeros(5, 5))
    assert (result.got, result.expected) == ("a tensor of shape (5, 5)", "[[[[True, False]]]]")
