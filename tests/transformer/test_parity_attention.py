import pytest
import torch
from torch import Tensor, nn

from tests.transformer.helpers import assert_exact, assert_same_gradients, randomize, tokens_mask
from transformer import MultiHeadAttention
from transformer.teaching.torch_weights import copy_attention

BATCH, HEADS, QUERY, KEY, D_MODEL = 2, 3, 5, 7, 12
PADDING = tokens_mask([7, 4])
CAUSAL = torch.ones(1, 1, QUERY, KEY, dtype=torch.bool).tril()
MASKS = {"no-mask": (False, False), "padding": (True, False), "causal": (False, True), "both": (True, True)}


@pytest.mark.parametrize(("padding", "causal"), MASKS.values(), ids=MASKS)
@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no-bias"])
@pytest.mark.parametrize("need_weights", [False, True], ids=["output-only", "weights"])
def test_multi_head_attention_is_torchs(padding: bool, causal: bool, bias: bool, need_weights: bool) -> None:
    theirs = nn.MultiheadAttention(D_MODEL, HEADS, bias=bias, batch_first=True, dtype=torch.float64)
    ours = MultiHeadAttention(D_MODEL, HEADS, bias=bias).double()
    randomize(theirs)
    copy_attention(ours, theirs)
    inputs = [torch.randn(BATCH, length, D_MODEL, dtype=torch.float64, requires_grad=True) for length in (QUERY, KEY, KEY)]
    their_inputs = [x.detach().clone().requires_grad_() for x in inputs]

    allowed = [mask for mask, wanted in ((PADDING, padding), (CAUSAL, causal)) if wanted]
    mask: Tensor | None = None
    for part in allowed:
        mask = part if mask is None else mask & part
    output, weights = ours(*inputs, mask, need_weights=need_weights)
    # torch's bool masks say True where ours say False.
    expected, expected_weights = theirs(
        *their_inputs,
        key_padding_mask=~PADDING[:, 0, 0] if padding else None,
        attn_mask=~CAUSAL[0, 0] if causal else None,
        need_weights=need_weights,
        average_attn_weights=False,
    )

    assert_exact(output, expected)
    if need_weights:
        assert_exact(weights, expected_weights)
    pull = torch.randn_like(output)
    output.backward(pull)
    expected.backward(pull)
    for x, their_x in zip(inputs, their_inputs, strict=True):
        assert_exact(x.grad, their_x.grad)
    assert_same_gradients(ours, theirs, copy_attention)
