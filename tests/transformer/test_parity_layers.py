import pytest
import torch
from torch import nn

from tests.transformer.helpers import assert_exact, assert_same_gradients, randomize, tokens_mask
from transformer import DecoderLayer, EncoderLayer
from transformer.masks import causal_mask
from transformer.teaching.torch_weights import copy_decoder_layer, copy_encoder_layer

BATCH, HEADS, TARGET, SOURCE, D_MODEL, D_FF = 2, 3, 5, 7, 12, 19
TARGET_PADDING, SOURCE_PADDING = tokens_mask([3, 5]), tokens_mask([7, 4])
MASKS = {"no-mask": (False, False), "padding": (True, False), "causal": (False, True), "both": (True, True)}

every_mask = pytest.mark.parametrize(("padding", "causal"), MASKS.values(), ids=MASKS)
both_norms = pytest.mark.parametrize("norm_first", [True, False], ids=["pre-norm", "post-norm"])


@every_mask
@both_norms
def test_encoder_layer_is_torchs(norm_first: bool, padding: bool, causal: bool) -> None:
    theirs = nn.TransformerEncoderLayer(
        D_MODEL, HEADS, D_FF, dropout=0.0, layer_norm_eps=1e-3, batch_first=True, norm_first=norm_first, dtype=torch.float64
    )
    ours = EncoderLayer(D_MODEL, HEADS, D_FF, norm_first=norm_first, layer_norm_eps=1e-3).double()
    randomize(theirs)
    copy_encoder_layer(ours, theirs)
    x = torch.randn(BATCH, SOURCE, D_MODEL, dtype=torch.float64, requires_grad=True)
    their_x = x.detach().clone().requires_grad_()

    mask = torch.ones(1, 1, 1, SOURCE, dtype=torch.bool)
    if padding:
        mask = mask & SOURCE_PADDING
    if causal:
        mask = mask & causal_mask(SOURCE)
    output = ours(x, mask if padding or causal else None)
    expected = theirs(
        their_x,
        src_mask=~causal_mask(SOURCE)[0, 0] if causal else None,
        src_key_padding_mask=~SOURCE_PADDING[:, 0, 0] if padding else None,
    )

    assert_exact(output, expected)
    pull = torch.randn_like(output)
    output.backward(pull)
    expected.backward(pull)
    assert_exact(x.grad, their_x.grad)
    assert_same_gradients(ours, theirs, copy_encoder_layer)


@every_mask
@both_norms
def test_decoder_layer_is_torchs(norm_first: bool, padding: bool, causal: bool) -> None:
    theirs = nn.TransformerDecoderLayer(
        D_MODEL, HEADS, D_FF, dropout=0.0, layer_norm_eps=1e-3, batch_first=True, norm_first=norm_first, dtype=torch.float64
    )
    ours = DecoderLayer(D_MODEL, HEADS, D_FF, norm_first=norm_first, layer_norm_eps=1e-3).double()
    randomize(theirs)
    copy_decoder_layer(ours, theirs)
    x = torch.randn(BATCH, TARGET, D_MODEL, dtype=torch.float64, requires_grad=True)
    memory = torch.randn(BATCH, SOURCE, D_MODEL, dtype=torch.float64, requires_grad=True)
    their_x, their_memory = x.detach().clone().requires_grad_(), memory.detach().clone().requires_grad_()

    masks = (TARGET_PADDING, SOURCE_PADDING) if padding else (None, None)
    output = ours(x, memory, *masks, causal=causal)
    expected = theirs(
        their_x,
        their_memory,
        tgt_mask=~causal_mask(TARGET)[0, 0] if causal else None,
        tgt_key_padding_mask=~TARGET_PADDING[:, 0, 0] if padding else None,
        memory_key_padding_mask=~SOURCE_PADDING[:, 0, 0] if padding else None,
    )

    assert_exact(output, expected)
    pull = torch.randn_like(output)
    output.backward(pull)
    expected.backward(pull)
    assert_exact(x.grad, their_x.grad)
    assert_exact(memory.grad, their_memory.grad)
    assert_same_gradients(ours, theirs, copy_decoder_layer)
