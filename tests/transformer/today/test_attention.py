import pytest
import torch
from torch import nn

from tests.transformer.helpers import assert_exact, randomize
from transformer import MultiHeadAttention, causal_mask
from transformer.today import Attention, Rotary, causal, halves, neighbours, rotary_frequencies

BATCH, LENGTH, D_MODEL = 2, 5, 12
PLACE = torch.arange(LENGTH)[None]


def vectors() -> torch.Tensor:
    return torch.randn(BATCH, LENGTH, D_MODEL, dtype=torch.float64, requires_grad=True)


def test_with_as_many_key_heads_it_is_multi_head_attention() -> None:
    theirs, ours = MultiHeadAttention(D_MODEL, 3).double(), Attention(D_MODEL, 3, 3, 4, bias=True).double()
    randomize(theirs)
    ours.load_state_dict(theirs.state_dict())
    x = vectors()
    expected = theirs(x, x, x, causal_mask(LENGTH))[0]
    found = ours(x, PLACE)
    assert_exact(found, expected)
    pull = torch.randn_like(found)
    names = dict(theirs.named_parameters())
    right = torch.autograd.grad(expected, [x, *names.values()], pull)
    for name, one, other in zip(["x", *names], torch.autograd.grad(found, [x, *ours.parameters()], pull), right, strict=True):
        assert_exact(one, other, name)


@pytest.mark.parametrize("num_kv_heads", [1, 2, 3])
def test_a_group_is_a_key_head_repeated(num_kv_heads: int) -> None:
    ours, wide = (Attention(D_MODEL, 6, kv, 4, bias=True).double() for kv in (num_kv_heads, 6))
    randomize(ours)
    state = ours.state_dict()
    for name in ("k_proj.weight", "k_proj.bias", "v_proj.weight", "v_proj.bias"):
        heads = state[name].view(num_kv_heads, 4, -1)
        state[name] = heads.repeat_interleave(6 // num_kv_heads, dim=0).reshape(24, *state[name].shape[1:])
    wide.load_state_dict(state)
    x = vectors()
    assert_exact(ours(x, PLACE), wide(x, PLACE))


def test_a_scale_takes_the_place_of_the_root() -> None:
    plain, scaled = Attention(D_MODEL, 6, 2, 4).double(), Attention(D_MODEL, 6, 2, 4, scale=1.0).double()
    scaled.load_state_dict(plain.state_dict())
    scaled.q_proj.get_parameter("weight").data /= 2  # the root of 4
    x = vectors()
    assert_exact(scaled(x, PLACE), plain(x, PLACE))


def test_projections_are_slots() -> None:
    q_proj = nn.Sequential(nn.Linear(D_MODEL, 24, bias=False), nn.RMSNorm(24))
    attention = Attention(D_MODEL, 6, 2, 4, q_proj=q_proj).double()
    assert attention.q_proj is q_proj
    x = vectors()
    right = Attention(D_MODEL, 6, 2, 4).double()
    right.load_state_dict(
        {name.replace("q_proj.0", "q_proj"): w for name, w in attention.state_dict().items() if ".1." not in name}
    )
    assert (attention(x, PLACE) - right(x, PLACE)).abs().max() > 1e-3
    normed = right.q_proj.register_forward_hook(lambda _module, _args, output: q_proj[1](output))
    assert_exact(attention(x, PLACE), right(x, PLACE))
    normed.remove()


def test_rules_of_the_call_and_of_the_module_are_both_kept() -> None:
    attention, x = Attention(D_MODEL, 6, 2, 4).double(), vectors()

    def only_itself(query: torch.Tensor, key: torch.Tensor) -> torch.Tensor:
        return query == key

    alone = torch.cat([attention(x[:, [at]], PLACE[:, [at]]) for at in range(LENGTH)], dim=1)
    assert_exact(attention(x, PLACE, visible=only_itself), alone)
    everything = attention(x, PLACE, visible=lambda query, key: (query == query) & (key == key))
    assert_exact(everything, attention(x, PLACE))


def test_a_query_that_sees_nothing_gets_zero_and_finite_gradients() -> None:
    attention, x = Attention(D_MODEL, 6, 2, 4).double(), vectors()
    output = attention(x, PLACE - 2)
    assert (output[:, :2] == 0).all()
    output.square().sum().backward()
    assert x.grad is not None
    assert x.grad.isfinite().all()
    assert_exact(output[:, 2:], attention(x[:, 2:], PLACE[:, :3]))


@pytest.mark.parametrize("pairs", [halves, neighbours])
def test_rotated_scores_depend_on_the_distance(pairs: object) -> None:
    rotary = Rotary(rotary_frequencies(8), pairs)  # type: ignore[arg-type]
    query, key = torch.randn(2, 1, 1, 1, 8, dtype=torch.float64)

    def score(at: int, other: int) -> torch.Tensor:
        return (rotary(query, torch.tensor([[at]])) * rotary(key, torch.tensor([[other]]))).sum()

    for shift in (1, 5, 1000):
        assert_exact(score(7 + shift, 3 + shift), score(7, 3))
    assert (score(7, 4) - score(7, 3)).abs() > 1e-6


def test_a_permutation_turns_one_layout_into_the_other() -> None:
    x, place = torch.randn(2, 3, 5, 8, dtype=torch.float64), torch.arange(5)[None]
    order = torch.arange(8).view(2, 4).t().flatten()  # 0, 4, 1, 5, ...
    frequencies = rotary_frequencies(8)
    turned = Rotary(frequencies, neighbours)(x[..., order], place)
    assert_exact(turned, Rotary(frequencies, halves)(x, place)[..., order])
    assert (Rotary(frequencies, neighbours)(x, place) - Rotary(frequencies, halves)(x, place)).abs().max() > 0.1


def test_fewer_frequencies_leave_the_rest_of_a_head() -> None:
    x, place = torch.randn(2, 3, 5, 8, dtype=torch.float64), torch.arange(5)[None]
    turned = Rotary(rotary_frequencies(6))(x, place)
    assert torch.equal(turned[..., 6:], x[..., 6:])
    assert_exact(turned[..., :6], Rotary(rotary_frequencies(6))(x[..., :6], place))


def test_negative_frequencies_turn_back() -> None:
    x, place = torch.randn(2, 3, 5, 8, dtype=torch.float64), torch.arange(5)[None]
    frequencies = rotary_frequencies(8)
    there = Rotary(frequencies)(x, place)
    assert_exact(Rotary(tuple(-angle for angle in frequencies))(there, place), x)


def test_dropout_acts_in_training_only() -> None:
    attention, x = Attention(D_MODEL, 6, 2, 4, dropout=0.5).double(), vectors()
    assert not torch.equal(attention(x, PLACE), attention(x, PLACE))
    attention.eval()
    assert torch.equal(attention(x, PLACE), attention(x, PLACE))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_knows_its_position(dtype: torch.dtype) -> None:
    rotary, x = Rotary(rotary_frequencies(8)).to(dtype), torch.ones(1, 1, 1, 8, dtype=dtype)
    far, next_to_it = (rotary(x, torch.tensor([[at]])) for at in (1024, 1025))
    assert far.dtype == dtype
    assert not torch.equal(far, next_to_it)
    wide = Rotary(rotary_frequencies(8))(x.float(), torch.tensor([[1025]]))
    torch.testing.assert_close(next_to_it.float(), wide, atol=0.02, rtol=0)


def test_autocast_leaves_one_dtype_to_attention() -> None:
    rotary = Rotary(rotary_frequencies(4))
    attention = Attention(D_MODEL, 6, 2, 4, positions=rotary, visible=causal, q_norm=nn.RMSNorm(4), k_norm=nn.RMSNorm(4))
    x = vectors().float()
    with torch.autocast("cpu", torch.bfloat16):
        found = attention(x, PLACE)
    torch.testing.assert_close(found.float(), attention(x, PLACE), atol=0.05, rtol=0)
