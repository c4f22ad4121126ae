"""The decoder with a cache gives the logits that the whole model gives, whatever is kept, reordered or hidden."""

import itertools
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.transformer.helpers import assert_exact, randomize
from transformer import Transformer, TransformerConfig
from transformer.decoding.incremental import IncrementalDecoder

PAD, ITEMS, LENGTH, VOCAB = 0, 5, 11, 23
SIZES = {"d_model": 39, "num_heads": 3, "num_layers": 2, "d_ff": 17, "max_length": 13}
CONFIGS = [
    pytest.param(
        {"norm_first": norm_first, "bias": bias, "tie_embeddings": tie},
        id=f"{'pre' if norm_first else 'post'}-norm, {'bias' if bias else 'no bias'}{', tied' if tie else ''}",
    )
    for norm_first, bias, tie in itertools.product((True, False), (True, False), (True, False))
]


def model(**changed: Any) -> Transformer:
    transformer = Transformer(TransformerConfig(**{"source_vocab_size": VOCAB, "target_vocab_size": VOCAB, **SIZES, **changed}))
    randomize(transformer.double())
    return transformer.eval()


def source() -> Tensor:
    """Items with no padding, some, and nothing else; each hides another number of positions."""
    tokens = torch.randint(3, VOCAB, (ITEMS, 7))
    for item, padded in enumerate((0, 2, 7, 3, 1)):
        tokens[item, 7 - padded :] = PAD
    return tokens


def target(rows: int = ITEMS) -> Tensor:
    return torch.randint(1, VOCAB, (rows, LENGTH))


def cached(transformer: Transformer, tokens: Tensor, read: Tensor, *, beams: int = 1) -> Tensor:
    decoder = IncrementalDecoder(transformer, tokens, beams=beams, max_length=LENGTH)
    return torch.stack([decoder.step(column) for column in read.unbind(1)], dim=1)


def whole(transformer: Transformer, tokens: Tensor, read: Tensor) -> Tensor:
    logits: Tensor = transformer(tokens, read)
    return logits.detach()


@pytest.mark.parametrize("config", CONFIGS)
def test_every_step_gives_the_logits_of_the_whole_model(config: dict[str, bool]) -> None:
    transformer, tokens, read = model(**config), source(), target()
    assert_exact(cached(transformer, tokens, read), whole(transformer, tokens, read))


@pytest.mark.parametrize("config", CONFIGS)
def test_float32_differs_by_rounding_only(config: dict[str, bool]) -> None:
    transformer, tokens, read = model(**config).float(), source(), target()
    exact = whole(transformer.double(), tokens, read)
    scale = float(exact.abs().max())
    transformer.float()
    torch.testing.assert_close(cached(transformer, tokens, read).double(), exact, atol=1e-5 * scale, rtol=0)


@pytest.mark.parametrize("dtype", [torch.int32, torch.int64])
def test_reads_ids_of_either_width(dtype: torch.dtype) -> None:
    transformer, tokens, read = model(), source(), target()
    assert_exact(cached(transformer, tokens.to(dtype), read.to(dtype)), whole(transformer, tokens, read))


def test_a_source_without_padding_needs_no_mask() -> None:
    transformer, tokens, read = model(), torch.randint(3, VOCAB, (ITEMS, 7)), target()
    assert_exact(cached(transformer, tokens, read), whole(transformer, tokens, read))


def test_padding_does_not_matter_not_even_nan() -> None:
    transformer, tokens, read = model(), source(), target()
    clean = cached(transformer, tokens, read)
    with torch.no_grad():
        transformer.source_embedding.embedding.weight[PAD] = torch.nan
    assert transformer.encode(tokens).isnan().any()
    assert_exact(cached(transformer, tokens, read), clean)
    assert_exact(whole(transformer, tokens, read), clean)


def test_nan_in_a_real_token_stays_in_its_item() -> None:
    transformer, tokens, read = model(), source(), target()
    tokens[tokens == 22], tokens[1, 3] = 21, 22
    clean = cached(transformer, tokens, read)
    with torch.no_grad():
        transformer.source_embedding.embedding.weight[22] = torch.nan
    spoiled = cached(transformer, tokens, read)
    assert spoiled[1].isnan().all()
    assert whole(transformer, tokens, read)[1].isnan().all()
    others = [0, 2, 3, 4]
    assert_exact(spoiled[others], clean[others])


def test_the_beams_of_an_item_share_its_memory() -> None:
    transformer, tokens, read = model(), source(), target(ITEMS * 2)
    expected = whole(transformer, tokens.repeat_interleave(2, 0), read)
    assert_exact(cached(transformer, tokens, read, beams=2), expected)


def test_a_row_can_go_on_from_the_past_of_another_at_any_step() -> None:
    transformer, tokens, read = model(), source(), target(ITEMS * 2)
    decoder = IncrementalDecoder(transformer, tokens, beams=2, max_length=LENGTH)
    past = read[:, :0]
    for column in read.unbind(1):
        past = torch.cat([past, column.unsqueeze(1)], dim=1)
        assert_exact(decoder.step(column), whole(transformer, tokens.repeat_interleave(2, 0), past)[:, -1])
        rows = torch.arange(0, ITEMS * 2, 2).repeat_interleave(2) + torch.randint(2, (ITEMS * 2,))
        decoder.keep_rows(rows)
        past = past[rows]


@pytest.mark.parametrize("beams", [1, 2])
@pytest.mark.parametrize("left", [[0, 1, 3], [2], [4, 0], []], ids=str)
@pytest.mark.parametrize("at", [0, 1, 6, LENGTH - 1])
def test_items_can_leave_at_any_step(beams: int, left: list[int], at: int) -> None:
    transformer, tokens, read = model(), source(), target(ITEMS * beams)
    decoder = IncrementalDecoder(transformer, tokens, beams=beams, max_length=LENGTH)
    for column in read[:, :at].unbind(1):
        decoder.step(column)
    decoder.keep_items(torch.tensor(left, dtype=torch.long))
    rows = [item * beams + beam for item in left for beam in range(beams)]
    expected = whole(transformer, tokens.repeat_interleave(beams, 0), read)[rows, at:]
    steps = [decoder.step(column) for column in read[rows, at:].unbind(1)]
    assert_exact(torch.stack(steps, dim=1), expected)


def test_the_memory_is_projected_once_and_each_token_once() -> None:
    transformer, tokens, read = model(), source(), target()
    seen: dict[str, list[int]] = {}
    for name, module in transformer.decoder.named_modules():
        if isinstance(module, torch.nn.Linear):
            seen[name] = []
            module.register_forward_hook(lambda _, args, __, name=name: seen[name].append(args[0].shape[1]))
    cached(transformer, tokens, read)
    for layer in range(2):
        for projection in ("k_proj", "v_proj"):
            assert seen[f"layers.{layer}.cross_attention.{projection}"] == [tokens.shape[1]]
            assert seen[f"layers.{layer}.self_attention.{projection}"] == [1] * LENGTH
        for part in ("self_attention.out_proj", "cross_attention.q_proj", "feed_forward.linear_in"):
            assert seen[f"layers.{layer}.{part}"] == [1] * LENGTH


def test_records_no_gradient_and_makes_plain_tensors() -> None:
    logits = cached(model(), source(), target())
    assert not logits.requires_grad
    assert not logits.is_inference()
    assert torch.is_grad_enabled()


def test_autocast_gives_what_it_gives_the_whole_model() -> None:
    transformer, tokens, read = model().float(), source(), target()
    scale = float(whole(transformer, tokens, read).abs().max())
    with torch.autocast("cpu", torch.bfloat16):
        torch.testing.assert_close(cached(transformer, tokens, read), whole(transformer, tokens, read), atol=0.1 * scale, rtol=0)


def test_an_empty_batch_gives_no_logits() -> None:
    assert cached(model(), source()[:0], target(0)).shape == (0, LENGTH, VOCAB)
