"""The trace of a model, and its picture, compared with golden ones.

When a picture differs, look at the page which the failure names, and if the new picture is right, accept it with
``ACCEPT_PICTURES=1 pytest tests/transformer/teaching/test_diagram.py``, which rewrites the golden file and still fails that once.
"""

from pathlib import Path

import pytest
import torch

from tests.transformer.helpers import assert_refused
from tests.transformer.teaching.pictures import assert_golden
from transformer import Transformer, TransformerConfig
from transformer.teaching.figures.diagram import boxes, draw
from transformer.teaching.trace import Step, trace

TEXT = 'Encoder & "decoder".'
LINKS = {"MultiHeadAttention": "heads.html?a=1&b=2", "FeedForward": "api.html"}
WHAT = {
    "feed forward": "works & <rests>",
    "self attention": "not shown",
    "encoder self attention": "e",
    "decoder self attention": "d",
}
SOURCE, TARGET = torch.ones(2, 7, dtype=torch.int64), torch.ones(2, 5, dtype=torch.int64)

# (name, parameters) of the parts of one layer: width 6, feed-forward 7.
ATTENTION, NORM, FORWARD = ("MultiHeadAttention", 4 * (6 * 6 + 6)), ("AddNorm", 12), ("FeedForward", 6 * 7 + 7 + 7 * 6 + 6)
ENCODER = {
    "self_attention": ATTENTION,
    "self_attention_add_norm": NORM,
    "feed_forward": FORWARD,
    "feed_forward_add_norm": NORM,
}
DECODER = {
    "self_attention": ATTENTION,
    "self_attention_add_norm": NORM,
    "cross_attention": ATTENTION,
    "cross_attention_add_norm": NORM,
    "feed_forward": FORWARD,
    "feed_forward_add_norm": NORM,
}


def tied_model(*, norm_first: bool) -> Transformer:
    """Make a model of two layers, in which both embeddings and the output share one table of 200 tokens."""
    config = TransformerConfig(200, 200, d_model=6, num_heads=3, num_layers=2, d_ff=7, tie_embeddings=True, norm_first=norm_first)
    return Transformer(config)


def stack(side: str, parts: dict[str, tuple[str, int]], shape: tuple[int, ...], final: tuple[str, int]) -> list[Step]:
    layers = [(f"{side}.layers.{n}.{name}", *part) for n in (0, 1) for name, part in parts.items()]
    return [Step(name, kind, shape, count, False) for name, kind, count in [*layers, (f"{side}.final_norm", *final)]]


def fed(name: str, shape: tuple[int, ...], count: int, *, shared: bool) -> list[Step]:
    return [
        Step(name, "TokenEmbedding", shape, count, shared),
        Step("positions", "SinusoidalPositionalEncoding", shape, 0, False),
        Step("embedding_dropout", "Dropout", shape, 0, False),
    ]


@pytest.mark.parametrize(("norm_first", "final"), [(False, ("Identity", 0)), (True, ("LayerNorm", 12))])
def test_a_trace_has_each_part_as_it_ran_and_counts_shared_parameters_once(norm_first: bool, final: tuple[str, int]) -> None:
    assert trace(tied_model(norm_first=norm_first), SOURCE, TARGET) == [
        *fed("source_embedding", (2, 7, 6), 1200, shared=False),
        *stack("encoder", ENCODER, (2, 7, 6), final),
        *fed("target_embedding", (2, 5, 6), 0, shared=True),
        *stack("decoder", DECODER, (2, 5, 6), final),
        Step("output_proj", "Linear", (2, 5, 200), 0, True),
    ]


def test_a_run_that_fails_leaves_no_hook_behind() -> None:
    model = tied_model(norm_first=True)
    with pytest.raises(ValueError, match="outside the vocabulary"):
        trace(model, SOURCE, TARGET + 200)
    assert not any(module._forward_hooks for module in model.modules())


@pytest.mark.parametrize(("norm_first", "name"), [(False, "diagram_post_norm"), (True, "diagram_pre_norm")])
def test_a_model_is_drawn_with_its_layers_folded(norm_first: bool, name: str, tmp_path: Path) -> None:
    assert_golden(draw(trace(tied_model(norm_first=norm_first), SOURCE, TARGET), TEXT, LINKS, WHAT), name, TEXT, tmp_path)


def test_a_picture_is_as_high_as_its_higher_column(tmp_path: Path) -> None:
    steps = [
        Step("source_embedding", "TokenEmbedding", (2, 7, 6), 1_234_567, False),
        Step("more<less", "Linear", (2, 7, 6), 12, True),  # brings some parameters of its own
        Step("encoder.final_norm", "LayerNorm", (2, 7, 6), 12, False),
        Step("decoder.cross_attention", "MultiHeadAttention", (2, 5, 6), 0, True),
    ]
    assert_golden(draw(steps, TEXT, {"Linear": 'a"b.html'}, {}), "diagram_without_layers", TEXT, tmp_path)


def test_the_decoder_begins_with_the_target_or_with_its_own_first_part() -> None:
    names = ["source_embedding", "positions", "{}", "positions"]
    for first in ("target_embedding", "decoder.final_norm"):
        steps = [Step(name.format(first), "Part", (2, 5, 6), 0, False) for name in names]
        assert [box.side for box in boxes(steps)] == ["encoder", "encoder", "decoder", "decoder"]


def test_a_residual_line_leads_round_each_sub_layer_and_round_nothing_else() -> None:
    svg = draw(trace(tied_model(norm_first=True), SOURCE, TARGET), TEXT, {}, {}).svg
    assert svg.count('<g class="residual">') == 2 + 3
    steps = [Step(f"encoder.layers.0.{name}", "Part", (2, 7, 6), 0, False) for name in ("a", "b_add_norm", "b")]
    assert "residual" not in draw(steps, TEXT, {}, {}).svg


def test_each_of_three_layers_counts() -> None:
    steps = [Step(f"encoder.layers.{n}.feed_forward", "FeedForward", (2, 7, 6), 97, False) for n in range(3)]
    steps.insert(1, Step("encoder.layers.0.feed_forward_add_norm", "AddNorm", (2, 7, 6), 12, False))
    found = [(box.title, box.step, box.side, box.repeats) for box in boxes(steps)]
    assert found == [("feed forward", steps[0], "encoder", 3), ("add & norm", steps[1], "encoder", 1)]


@pytest.mark.parametrize(
    "other",
    [
        ("Linear", (2, 7, 6), 97, False),
        ("Part", (2, 7, 5), 97, False),
        ("Part", (2, 7, 6), 96, False),
        ("Part", (2, 7, 6), 97, True),
    ],
    ids=["kind", "shape", "parameters", "shared"],
)
def test_layers_that_differ_are_not_folded(other: tuple[str, tuple[int, ...], int, bool]) -> None:
    steps = [Step("encoder.layers.0.part", "Part", (2, 7, 6), 97, False), Step("encoder.layers.1.part", *other)]
    message = "encoder.layers.1.part differs from encoder.layers.0.part: one box cannot stand for both"
    assert_refused(lambda: boxes(steps), ValueError, message)
