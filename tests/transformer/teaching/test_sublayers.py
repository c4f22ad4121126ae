"""Where the parts of a layer stand, recorded from a run."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.transformer.helpers import assert_refused
from transformer import DecoderLayer, EncoderLayer
from transformer.add_norm import AddNorm
from transformer.teaching.sublayers import SubLayer, sublayers
from transformer.today import Attention, Block, GatedFeedForward, ParallelBlock

X = torch.ones(2, 5, 6)
Branch = Callable[[Tensor], Tensor]


class NormOnThePath(AddNorm):
    def forward(self, x: Tensor, sublayer: Branch) -> Tensor:
        x = self.norm(x)
        return x + sublayer(x)


class NothingAdded(AddNorm):
    def forward(self, x: Tensor, sublayer: Branch) -> Tensor:
        return sublayer(self.norm(x))


class AddedToACopy(AddNorm):
    def forward(self, x: Tensor, sublayer: Branch) -> Tensor:
        return x.clone() + sublayer(x)


def with_add_norm(kind: type[AddNorm]) -> nn.Module:
    layer = EncoderLayer(6, 3, 7)
    for part in layer.children():
        if isinstance(part, AddNorm):
            part.__class__ = kind
    return layer


@pytest.mark.parametrize("training", [True, False])
def test_pre_norm_has_its_norm_in_the_branch_and_post_norm_after_the_sum(training: bool) -> None:
    inside = ("self attention", "cross attention", "feed forward")
    pre = DecoderLayer(6, 3, 7, dropout=0.1).train(training)
    assert sublayers(pre, X, X) == [SubLayer((), ("norm", name, "dropout"), ()) for name in inside]
    post = DecoderLayer(6, 3, 7, dropout=0.1, norm_first=False).train(training)
    assert sublayers(post, X, X) == [SubLayer((), (name, "dropout"), ("norm",)) for name in inside]


def test_a_norm_on_the_path_is_seen_there() -> None:
    expected = [SubLayer(("norm",), (name,), ()) for name in ("self attention", "feed forward")]
    assert sublayers(with_add_norm(NormOnThePath), X) == expected


def test_a_branch_that_is_not_added_is_refused() -> None:
    message = "layer must add each branch to the path, got no sum after norm, self attention"
    assert_refused(lambda: sublayers(with_add_norm(NothingAdded), X), ValueError, message)


def test_a_branch_that_is_added_to_something_else_is_refused() -> None:
    message = "layer must add the branch that ends in self attention to what came along the path"
    assert_refused(lambda: sublayers(with_add_norm(AddedToACopy), X), ValueError, message)


def today(kind: type[Block] = Block, **slots: Any) -> list[SubLayer]:
    block = kind(Attention(6, 3, 1, 2), GatedFeedForward(6, 7, nn.functional.silu), **slots)
    return sublayers(block, X, torch.arange(5)[None])


def test_a_block_of_today_has_what_stands_in_its_slots() -> None:
    before = today(attention_norm=nn.RMSNorm(6), ff_norm=nn.RMSNorm(6))
    assert before == [SubLayer((), ("norm", "attention"), ()), SubLayer((), ("norm", "feed forward"), ())]
    after = today(attention_output_norm=nn.RMSNorm(6), ff_output_norm=nn.RMSNorm(6))
    assert after == [SubLayer((), ("attention", "norm"), ()), SubLayer((), ("feed forward", "norm"), ())]
    assert today() == [SubLayer((), ("attention",), ()), SubLayer((), ("feed forward",), ())]


def test_a_branch_that_reads_beside_the_path_is_refused() -> None:
    message = "layer must let each branch read what came along the path, got another input of ff norm"
    assert_refused(lambda: today(ParallelBlock), ValueError, message)


def test_no_hook_is_left_behind_by_a_run_that_ends_well_or_not() -> None:
    good, bad = EncoderLayer(6, 3, 7), with_add_norm(NothingAdded)
    sublayers(good, X)
    with pytest.raises(ValueError, match="got no sum"):
        sublayers(bad, X)
    assert not any(part._forward_hooks or part._forward_pre_hooks for layer in (good, bad) for part in layer.modules())
