"""Every exercise: its solution is right, and each typical mistake gets the help that is meant for it."""

import os
from math import prod
from pathlib import Path

import pytest
from torch import Tensor, nn

from transformer.teaching.exercises import CHAPTERS, EXERCISES, PAGES, WHOLE, Mistake, check
from transformer.teaching.exercises.core import arguments_of

REPORTS = Path(__file__).with_name("golden") / "exercises.txt"
MISTAKES = [(name, mistake) for name, exercise in EXERCISES.items() for mistake in exercise.mistakes]

# Words that tell the reader what was wrong in each first try on the pages, the notes' own among them.
TELLING = {
    "head_width": {"_floored": "drops the remainder in silence", "_asserted": "gone under python -O"},
    "head_rows": {"_columns": "a head owns in the output projection"},
    "attention_parameters": {"_usual_width": "Here d_k is free"},
    "split_heads": {
        "_inferred_length": "-1 takes the length that makes the numbers fit",
        "_at_once": "in the order in which they lie",
    },
    "inner_length": {"_divisible_only": "does not always raise"},
    "zero_head": {"_through_reshape": "the zeros went into the copy"},
    "shares_memory": {"_contiguous": "Too strict"},
    "contiguous_strides": {"_own_size_too": "the last stride is 1"},
    "can_view": {"_only_contiguous": "Too strict", "_ones_count": "dimension of size 1"},
    "merge_heads": {"_without_transpose": "the tokens are mixed", "_without_contiguous": "Put contiguous() before it"},
    "key_mask": {"_short": "the batch meets the heads", "_query_side": "belongs last, to the keys"},
    "decoder_mask": {"_either": "allowed by both: &"},
    "masked_softmax": {
        "_filled": "divides 0 by 0",
        "_large_number": "cannot hold -1e9",
        "_nan_replaced": "still in the gradient",
    },
    "drop_weights": {"_scores_zeroed": "Drop after the softmax", "_not_scaled": "multiplied by 1 / (1 - p)"},
    "dropped_attention": {"_always": "Pass training on", "_fused_always": "Pass training on", "_before_softmax": "drops scores"},
    "merged_matrix": {"_between_heads": "is (d_k, d_k)"},
    "symmetric_scores": {"_equal_weights": "Only M = w_q.T @ w_k counts", "_never": "They can be"},
    "Chain": {"_InAList": "does not look into a Python list", "_MadeInForward": "a new one at every call"},
    "Shift": {"_PlainTensor": "neither saved nor moved"},
    "learnable_numbers": {"_all_saved": "holds buffers too"},
    "position_table": {"_quoted": "doubles the exponent"},
    "normalise": {"_quoted_norm": "divides by d - 1"},
    "sees_the_future": {"_last_only": "Only the last position was changed"},
    "attention": {"_empty_row": "has no softmax: 0 is divided by 0", "_after_softmax": "before the softmax"},
    "multi_head_attention": {"_heads_first": "a head gets parts of tokens", "_not_transposed_back": "the tokens are mixed"},
    "layer_norm": {"_both": "eps belongs inside the root"},
    "encoder_layer": {"_normed_residual": "only the sub-layer gets the normalised x"},
    "dropout": {"_scaled_in_eval": "as the first paper did"},
    "smoothed_loss": {"_padding_counts": "have no loss"},
    "greedy_with_cache": {"_read_again": "give the model the newest token alone"},
    "beam_search": {"_first_that_ends": "need not be the best"},
    "grouped_attention": {
        "_tiled": "With one key head nobody sees the difference",
        "_top_left": "counted from the bottom right",
        "_keeps_repeated": "as large as without groups",
    },
    "online_attention": {"_nothing_shrinks": "multiply the sum and the output by exp(old - new)"},
    "byte_pairs": {"_counted_once": "Count again after each merge", "_characters": "The first tokens are bytes"},
    "swiglu": {"_input_gates": "SiLU goes over the gate", "_sigmoid": "the gate times its sigmoid"},
    "rms_norm": {"_centred": "does not take the mean away", "_squared_in_half": "too large for float16"},
    "rotary": {"_halves_always": "a pair is numbers 2i and 2i + 1", "_from_zero": "need not begin at 0"},
    "top_p": {"_stops_before_p": "with which the sum crosses p is kept", "_left_sorted": "Put each back to its token"},
    "mirrors_tones": {"_unequal": "Unequal is not opposite", "_counted_from_zero": "the second place is line[1]"},
    "lora": {"_alpha_alone": "The change counts alpha / r"},
}


@pytest.mark.parametrize("name", EXERCISES)
def test_the_solution_is_right(name: str) -> None:
    result = check(name, EXERCISES[name].solution)
    assert repr(result) == f"{name} is right on all {len(EXERCISES[name].inputs)} inputs."
    assert result


@pytest.mark.parametrize(
    ("name", "mistake"), MISTAKES, ids=[f"{name}-{getattr(m.answer, '__name__', '')}" for name, m in MISTAKES]
)
def test_a_mistake_is_found_and_recognised(name: str, mistake: Mistake) -> None:
    result = check(name, mistake.answer)
    assert not result
    assert result.hint == mistake.hint
    assert result.call.startswith(f"{name}(")


@pytest.mark.parametrize("name", EXERCISES)
def test_help_has_telling_words(name: str) -> None:
    mistakes = {getattr(mistake.answer, "__name__", ""): mistake for mistake in EXERCISES[name].mistakes}
    assert TELLING[name]
    for mistake, words in TELLING[name].items():
        assert words in " ".join(repr(check(name, mistakes[mistake].answer)).split())


@pytest.mark.parametrize("name", EXERCISES)
def test_inputs_go_from_small_to_large(name: str) -> None:
    sizes = [size(arguments_of(EXERCISES[name], text)) for text in EXERCISES[name].inputs]
    assert sizes == sorted(sizes)


def size(arguments: tuple[object, ...]) -> int:
    """Count the numbers in all tensors, or in the tensor that the first shape stands for; or add up the numbers given."""
    first = arguments[0]
    if isinstance(first, tuple):
        return prod(first)
    if isinstance(first, nn.Module):
        return sum(tensor.numel() for tensor in first.state_dict().values())
    tensors = [argument.numel() for argument in arguments if isinstance(argument, Tensor)]
    return sum(tensors or [argument for argument in arguments if isinstance(argument, int)])


def test_pages_and_names() -> None:
    own = [exercise for page in (*PAGES.values(), *CHAPTERS.values()) for exercise in page]
    assert set(EXERCISES.values()) == {*own, *WHOLE}
    assert len(EXERCISES) == len({*own, *WHOLE})  # no name twice
    assert {len(page) for page in PAGES.values()} <= {2, 3}


def test_reports_are_as_they_were_accepted() -> None:
    """ACCEPT_REPORTS=1 in the environment accepts the reports of the mistakes as they are now, and fails nevertheless."""
    reports = [f"== {getattr(mistake.answer, '__name__', '')}\n{check(name, mistake.answer)!r}\n" for name, mistake in MISTAKES]
    now = "\n".join(reports)
    if os.environ.get("ACCEPT_REPORTS") == "1":
        REPORTS.write_text(now, encoding="utf-8")
        pytest.fail(f"{REPORTS} now holds the new reports; read them, and run again without ACCEPT_REPORTS")
    assert now == REPORTS.read_text(encoding="utf-8")
