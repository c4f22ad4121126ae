import pytest
import torch
from torch import nn

from tests.transformer.helpers import assert_exact, assert_identical
from transformer import Transformer, TransformerConfig

PAD = 0
SOURCE = torch.tensor([[3, 4, 5, 6, 7, 8, 9], [9, 8, 3, 6, PAD, PAD, PAD]])
TARGET = torch.tensor([[1, 5, 6, PAD, PAD], [1, 9, 8, 7, 11]])
both_norms = pytest.mark.parametrize("norm_first", [True, False], ids=["pre-norm", "post-norm"])


def model(*, norm_first: bool = True, dropout: float = 0.0, pad_id: int = PAD, tie_embeddings: bool = False) -> Transformer:
    return Transformer(
        TransformerConfig(
            13 if tie_embeddings else 11,
            13,
            d_model=6,
            num_heads=3,
            num_layers=2,
            d_ff=17,
            dropout=dropout,
            max_length=19,
            pad_id=pad_id,
            norm_first=norm_first,
            bias=False,
            layer_norm_eps=1e-3,
            tie_embeddings=tie_embeddings,
        )
    ).double()


@both_norms
def test_a_later_target_token_does_not_change_earlier_scores(norm_first: bool) -> None:
    transformer = model(norm_first=norm_first)
    expected = transformer(SOURCE, TARGET)
    for position in range(1, 5):
        future = TARGET.clone()
        future[1, position] = 2
        logits = transformer(SOURCE, future)
        assert_identical(logits[0], expected[0])
        assert_identical(logits[1, :position], expected[1, :position])
        assert not logits[1, position].isclose(expected[1, position]).any()


@both_norms
def test_more_padding_changes_nothing(norm_first: bool) -> None:
    transformer = model(norm_first=norm_first)
    expected = transformer(SOURCE, TARGET)
    padding = torch.full((2, 4), PAD)
    logits = transformer(torch.cat([SOURCE, padding], 1), torch.cat([TARGET, padding], 1))
    assert_exact(logits[:, :5], expected)
    assert_exact(transformer(SOURCE[1:, :4].repeat(2, 1), TARGET[[1, 1]]), expected[[1, 1]])


def test_padding_is_found_by_the_configured_id() -> None:
    transformer, swap = model(pad_id=2), torch.tensor([2, 1, 0, *range(3, 13)])
    source, target = swap[SOURCE], swap[TARGET]
    memory, expected = transformer.encode(source), transformer(source, target)
    with torch.no_grad():
        transformer.source_embedding.embedding.weight[2] += 1
    assert_identical(transformer.encode(source)[source != 2], memory[source != 2])
    assert_identical(transformer(source, target), expected)


@both_norms
def test_a_source_that_is_all_padding_gives_finite_scores_and_gradients(norm_first: bool) -> None:
    transformer = model(norm_first=norm_first)
    source = SOURCE.clone()
    source[0] = PAD
    for mode in (True, False):
        transformer.train(mode)
        logits = transformer(source, TARGET)
        assert logits.isfinite().all()
        with torch.no_grad():
            assert_identical(transformer(source, TARGET), logits.detach())
        transformer.zero_grad()
        logits.sum().backward()
        for parameter in transformer.parameters():
            assert parameter.grad is not None
            assert parameter.grad.isfinite().all()
        assert_identical(logits[1], transformer(SOURCE, TARGET)[1])


def test_forward_is_encode_then_decode() -> None:
    transformer = model()
    memory = transformer.encode(SOURCE)
    assert memory.shape == (2, 7, 6)
    assert_identical(transformer.decode(TARGET, memory, SOURCE), transformer(SOURCE, TARGET))
    assert_identical(transformer(SOURCE.int(), TARGET.int()), transformer(SOURCE, TARGET))


def test_takes_sequences_of_max_length_and_an_empty_batch() -> None:
    transformer = model()
    longest = torch.ones(2, 19, dtype=torch.int64)
    assert transformer(longest, longest).shape == (2, 19, 13)
    assert transformer(longest[:0], TARGET[:0]).shape == (0, 5, 13)


def test_dropout_acts_in_training_only() -> None:
    transformer, undropped = model(dropout=0.5), model()
    undropped.load_state_dict(transformer.state_dict())
    assert_identical(transformer.eval()(SOURCE, TARGET), undropped(SOURCE, TARGET))
    torch.manual_seed(2)
    trained = transformer.train()(SOURCE, TARGET)
    assert not trained.isclose(undropped(SOURCE, TARGET)).all()
    torch.manual_seed(2)
    assert_identical(transformer(SOURCE, TARGET), trained)


def test_embeddings_are_dropped_too() -> None:
    transformer = model(dropout=0.5)
    for layer in (*transformer.encoder.layers, *transformer.decoder.layers):
        layer.eval()
    first, second = transformer(SOURCE, TARGET), transformer(SOURCE, TARGET)
    assert not first.isclose(second).all()


def test_settings_reach_every_part() -> None:
    transformer = model(dropout=0.25, norm_first=False)
    assert len(transformer.encoder.layers) == len(transformer.decoder.layers) == 2
    assert isinstance(transformer.encoder.final_norm, nn.Identity)
    for part in transformer.modules():
        if isinstance(part, nn.Dropout):
            assert part.p == 0.25
        if isinstance(part, nn.LayerNorm):
            assert part.eps == 1e-3
        if isinstance(part, nn.Linear):
            assert part.bias is None


def test_tied_embeddings_are_one_tensor() -> None:
    tied, untied = model(tie_embeddings=True), model()
    matrix = tied.source_embedding.embedding.weight
    assert tied.target_embedding.embedding.weight is matrix
    assert tied.output_proj.weight is matrix
    assert untied.target_embedding.embedding.weight is not untied.output_proj.weight

    def count(module: nn.Module) -> int:
        return sum(parameter.numel() for parameter in module.parameters())

    assert count(untied) - count(tied) == (11 + 13 + 13) * 6 - 13 * 6
    tied(SOURCE, TARGET).sum().backward()
    assert matrix.grad is not None
    assert (matrix.grad.abs().sum(-1) > 0).all()


def test_base_model_has_the_parameters_that_the_sizes_say() -> None:
    with torch.device("meta"):
        base = Transformer(TransformerConfig(37_000, 37_000, tie_embeddings=True))
    attention, feed_forward, norm = 4 * (512 * 512 + 512), 2 * 512 * 2048 + 2048 + 512, 2 * 512
    encoder = 6 * (attention + feed_forward + 2 * norm) + norm
    decoder = 6 * (2 * attention + feed_forward + 3 * norm) + norm
    assert sum(parameter.numel() for parameter in base.parameters()) == 37_000 * 512 + encoder + decoder


def test_weights_survive_saving_and_loading() -> None:
    transformer, other = model(), model()
    other.load_state_dict(transformer.state_dict())
    assert_identical(other(SOURCE, TARGET), transformer(SOURCE, TARGET))
    assert not [name for name in transformer.state_dict() if "table" in name]
