from typing import Any

import pytest
import torch
from torch import nn

from tests.transformer.helpers import assert_exact, assert_refused, case, randomize
from transformer import Decoder, DecoderLayer, Encoder, EncoderLayer, MultiHeadAttention
from transformer.teaching.torch_weights import (
    copy_attention,
    copy_decoder,
    copy_decoder_layer,
    copy_encoder,
    copy_encoder_layer,
)

SIZES: dict[str, Any] = {"d_model": 6, "nhead": 3, "dim_feedforward": 11, "dropout": 0.0, "batch_first": True}


@pytest.mark.parametrize("norm_first", [True, False], ids=["pre-norm", "post-norm"])
@pytest.mark.parametrize("ours_has_bias", [True, False], ids=["zero-bias", "no-bias"])
def test_stacks_without_bias(norm_first: bool, ours_has_bias: bool) -> None:
    settings: dict[str, Any] = {**SIZES, "norm_first": norm_first, "bias": False, "dtype": torch.float64}
    norms = [nn.LayerNorm(6, bias=False, dtype=torch.float64) if norm_first else None for _ in range(2)]
    their_encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(**settings), 2, norm=norms[0], enable_nested_tensor=False)
    their_decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(**settings), 2, norm=norms[1])
    encoder = Encoder(2, 6, 3, 11, norm_first=norm_first, bias=ours_has_bias).double()
    decoder = Decoder(2, 6, 3, 11, norm_first=norm_first, bias=ours_has_bias).double()
    for module in (their_encoder, their_decoder, encoder, decoder):
        randomize(module)
    copy_encoder(encoder, their_encoder)
    copy_decoder(decoder, their_decoder)
    source, target = torch.randn(2, 7, 6, dtype=torch.float64), torch.randn(2, 5, 6, dtype=torch.float64)
    memory = encoder(source)
    assert_exact(memory, their_encoder(source))
    assert_exact(decoder(target, memory, causal=False), their_decoder(target, memory))


def attention(**settings: Any) -> nn.MultiheadAttention:
    return nn.MultiheadAttention(6, 3, batch_first=True, **settings)


def encoder_layer(**settings: Any) -> nn.TransformerEncoderLayer:
    return nn.TransformerEncoderLayer(**{**SIZES, "norm_first": True, **settings})


def decoder_layer(**settings: Any) -> nn.TransformerDecoderLayer:
    return nn.TransformerDecoderLayer(**{**SIZES, "norm_first": True, **settings})


@pytest.mark.parametrize("activation", [torch.relu, nn.functional.relu, nn.ReLU()], ids=["torch", "functional", "module"])
def test_a_norm_without_weights_and_each_relu_of_torch(activation: Any) -> None:
    theirs = encoder_layer(activation=activation, dtype=torch.float64)
    theirs.norm1, ours = nn.LayerNorm(6, elementwise_affine=False), EncoderLayer(6, 3, 11).double()
    randomize(ours)
    randomize(theirs)
    copy_encoder_layer(ours, theirs)
    x = torch.randn(2, 5, 6, dtype=torch.float64)
    assert_exact(ours(x), theirs(x))


def encoder(num_layers: int, norm: nn.Module | None, **settings: Any) -> nn.TransformerEncoder:
    return nn.TransformerEncoder(encoder_layer(**settings), num_layers, norm=norm, enable_nested_tensor=False)


OUR_ATTENTION, OUR_LAYER = MultiHeadAttention(6, 3), EncoderLayer(6, 3, 11)
CASES = [
    case(
        "kdim",
        ValueError,
        "kdim and vdim must equal embed_dim (6), got 7 and 6",
        copy_attention,
        OUR_ATTENTION,
        attention(kdim=7),
    ),
    *(
        case(
            setting,
            ValueError,
            "add_bias_kv and add_zero_attn have no counterpart in MultiHeadAttention",
            copy_attention,
            OUR_ATTENTION,
            attention(**{setting: True}),
        )
        for setting in ("add_bias_kv", "add_zero_attn")
    ),
    case(
        "heads",
        ValueError,
        "num_heads must agree, got 2 in ours and 3 in theirs",
        copy_attention,
        MultiHeadAttention(6, 2),
        attention(),
    ),
    case(
        "width",
        ValueError,
        "weight shape must agree, got (12, 12) in ours and (6, 6) in theirs",
        copy_attention,
        MultiHeadAttention(12, 3),
        attention(),
    ),
    case(
        "bias",
        ValueError,
        "theirs has a bias, ours has none: build ours with bias=True",
        copy_attention,
        MultiHeadAttention(6, 3, bias=False),
        attention(),
    ),
    case(
        "activation",
        ValueError,
        f"activation must be relu, got {nn.functional.gelu}",
        copy_encoder_layer,
        OUR_LAYER,
        encoder_layer(activation=nn.functional.gelu),
    ),
    case(
        "norm_first",
        ValueError,
        "norm_first must agree, got True in ours and False in theirs",
        copy_decoder_layer,
        DecoderLayer(6, 3, 11),
        decoder_layer(norm_first=False),
    ),
    case(
        "eps",
        ValueError,
        "layer_norm_eps must agree, got 1e-05 in ours and 0.001 in theirs",
        copy_encoder_layer,
        OUR_LAYER,
        encoder_layer(layer_norm_eps=1e-3),
    ),
    case(
        "number of layers",
        ValueError,
        "number of layers must agree, got 2 in ours and 1 in theirs",
        copy_encoder,
        Encoder(2, 6, 3, 11),
        encoder(1, nn.LayerNorm(6)),
    ),
    case(
        "final norm",
        ValueError,
        "final norm must agree, got True in ours and False in theirs",
        copy_encoder,
        Encoder(2, 6, 3, 11),
        encoder(2, None),
    ),
    case(
        "another norm in the end",
        ValueError,
        "final norm must agree, got False in ours and True in theirs",
        copy_encoder,
        Encoder(2, 6, 3, 11, norm_first=False),
        encoder(2, nn.RMSNorm(6), norm_first=False),
    ),
    case(
        "RMSNorm",
        ValueError,
        "the final norm must be a LayerNorm, got RMSNorm",
        copy_encoder,
        Encoder(2, 6, 3, 11),
        encoder(2, nn.RMSNorm(6)),
    ),
    case(
        "norm of two axes",
        ValueError,
        "shape of the norm must agree, got (6,) in ours and (5, 6) in theirs",
        copy_encoder,
        Encoder(2, 6, 3, 11),
        encoder(2, nn.LayerNorm((5, 6))),
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), CASES)
def test_refuses_what_would_not_be_the_same_function(call: Any, error: type[Exception], message: str) -> None:
    assert_refused(call, error, message)
