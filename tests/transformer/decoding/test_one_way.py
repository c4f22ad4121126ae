"""What is computed does not depend on the door: decoding gives what the model gives, whatever stands in its tree."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize, prune

from tests.transformer.helpers import assert_exact, randomize
from transformer import MultiHeadAttention, Transformer, TransformerConfig, beam_search, greedy_decode
from transformer.decoder import DecoderLayer
from transformer.decoding import IncrementalDecoder
from transformer.decoding.incremental import takes_a_cache

PAD, START, END, ITEMS, LENGTH, VOCAB = 0, 1, 2, 5, 6, 23
CONFIG = TransformerConfig(VOCAB, VOCAB, d_model=39, num_heads=3, num_layers=2, d_ff=17, max_length=13, dropout=0.5)


def model(kind: type[Transformer] = Transformer) -> Transformer:
    made = kind(CONFIG)
    randomize(made.double())
    return made.eval()


NAMES = [name for name, _ in Transformer(CONFIG).named_modules()]
LINEAR = [name for name, module in Transformer(CONFIG).named_modules() if isinstance(module, nn.Linear)]


def source() -> Tensor:
    tokens = torch.randint(3, VOCAB, (ITEMS, 11))
    for item, padded in enumerate((0, 2, 11, 3, 1)):
        tokens[item, 11 - padded :] = PAD
    return tokens


def assert_one_way(transformer: Transformer, *, beams: int = 2) -> None:
    """Compare steps, greedy and beam with the model itself; padding among the target's tokens too."""
    tokens, read = source(), torch.randint(1, VOCAB, (ITEMS * beams, LENGTH))
    read[2, 3] = read[4, 0] = PAD
    expected = transformer(tokens.repeat_interleave(beams, 0), read).detach()
    decoder = IncrementalDecoder(transformer, tokens, beams=beams, max_length=LENGTH)
    assert_exact(torch.stack([decoder.step(column) for column in read.unbind(1)], 1), expected)

    answers = greedy_decode(transformer, tokens, start_id=START, end_id=END, max_length=LENGTH)
    going = torch.full((ITEMS, 1), START)
    for column in answers.unbind(1):
        scores = transformer(tokens, going)[:, -1].index_fill(-1, torch.tensor(PAD), -torch.inf)
        ended = (going == END).any(1)
        assert torch.equal(column, scores.argmax(-1).masked_fill(ended, PAD))
        going = torch.cat([going, column.masked_fill(ended, END).unsqueeze(1)], 1)

    found, said = beam_search(
        transformer, tokens, start_id=START, end_id=END, max_length=LENGTH, beam_size=beams, length_penalty=0.0
    )
    best = found[:, 0]
    given = torch.cat([torch.full((ITEMS, 1), START), best[:, :-1].masked_fill(best[:, :-1] == PAD, END)], 1)
    true = transformer(tokens, given).log_softmax(-1).gather(2, best.unsqueeze(2)).squeeze(2)
    assert_exact(said[:, 0], true.masked_fill(best == PAD, 0.0).sum(1).detach())


def changed(x: Any) -> Any:
    """Scale and tilt each vector; whatever is no vector stays."""
    if isinstance(x, tuple):
        return tuple(map(changed, x))
    return 1.5 * x + torch.linspace(-1, 1, x.shape[-1]) if isinstance(x, Tensor) and x.is_floating_point() else x


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name or "the model")
def test_hooks_that_change_what_comes_and_goes_act_through_every_door(name: str) -> None:
    transformer = model()
    tokens, read = source(), torch.randint(1, VOCAB, (ITEMS, LENGTH))
    before = transformer(tokens, read)
    part = transformer.get_submodule(name)
    part.register_forward_pre_hook(lambda _, args: changed(args))
    part.register_forward_hook(lambda _, __, output: changed(output))
    changes = (transformer(tokens, read) - before).abs().max() > 1e-4
    assert changes != isinstance(part, nn.ModuleList)
    assert_one_way(transformer)


def test_every_module_of_the_tree_is_called_at_every_step() -> None:
    transformer = model()
    calls = dict.fromkeys((name for name, part in transformer.named_modules() if not isinstance(part, nn.ModuleList)), 0)

    def count(name: str) -> None:
        calls[name] += 1

    for name in calls:
        transformer.get_submodule(name).register_forward_hook(lambda *_, name=name: count(name))
    decoder = IncrementalDecoder(transformer, source(), beams=1, max_length=LENGTH)
    for column in torch.randint(1, VOCAB, (ITEMS, LENGTH)).unbind(1):
        decoder.step(column)
    once = {name for name, number in calls.items() if number == 1}
    memory = {f"decoder.layers.{layer}.cross_attention.{part}" for layer in range(2) for part in ("k_proj", "v_proj")}
    source_side = {name for name in calls if name.startswith(("encoder", "source_embedding"))}
    assert once == {name for name in source_side if ".norm" not in name or calls[name] == 1} | memory
    assert all(number in (1, LENGTH, LENGTH + 1) for number in calls.values()), calls


class Adapter(nn.Module):
    def __init__(self, base: nn.Linear, *, shows_weight: bool) -> None:
        super().__init__()
        self.base = base
        self.down, self.up = nn.Linear(base.in_features, 2, bias=False), nn.Linear(2, base.out_features, bias=False)
        randomize(self.double())
        if shows_weight:
            self.weight = base.weight

    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) + self.up(self.down(x))


@pytest.mark.parametrize(("name", "shows_weight"), [(name, place % 2 == 0) for place, name in enumerate(LINEAR)])
def test_an_adapter_acts_through_every_door(name: str, shows_weight: bool) -> None:
    transformer = model()
    transformer.set_submodule(name, Adapter(transformer.get_submodule(name), shows_weight=shows_weight))  # type: ignore[arg-type]
    assert_one_way(transformer)


class Sharper(MultiHeadAttention):
    def forward(  # type: ignore[override]
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None, *, need_weights: bool = False
    ) -> Any:
        return super().forward(3 * query, key, value, mask, need_weights=need_weights)


class Windowed(MultiHeadAttention):
    """Attends to the last three positions only: it needs to know where it stands."""

    def forward(  # type: ignore[override]
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None, *, need_weights: bool = False
    ) -> Any:
        near = torch.ones(1, 1, query.shape[1], key.shape[1], dtype=torch.bool).triu(-2)
        return super().forward(query, key, value, near if mask is None else near & mask, need_weights=need_weights)


class Doubled(nn.Module):
    """Positions of its own, which know nothing of a first one."""

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        self.register_buffer("numbers", table.clone())

    def forward(self, x: Tensor) -> Tensor:
        return x + 2 * self.numbers[: x.shape[1]]  # type: ignore[index]


class Convolved(nn.Module):
    """A feed-forward network that looks at the token before."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x) + torch.cat([torch.zeros_like(x[:, :1]), x[:, :-1]], 1)


class Scaled(nn.Module):
    def forward(self, weight: Tensor) -> Tensor:
        return 1.5 * weight


class Warmer(Transformer):
    def decode(self, target: Tensor, memory: Tensor, source: Tensor) -> Tensor:  # type: ignore[override]
        return super().decode(target, memory, source) * 2 + torch.arange(VOCAB)


class WarmerStepwise(Transformer):
    def decode(self, *args: Any, **named: Any) -> Tensor:
        return super().decode(*args, **named) * 2 + torch.arange(VOCAB)


class Shifted(Transformer):
    def forward(self, source: Tensor, target: Tensor) -> Tensor:  # type: ignore[override]
        return super().forward(source, target) + torch.arange(VOCAB)


class Backwards(Transformer):
    def encode(self, source: Tensor) -> Tensor:
        return super().encode(source).flip(2)


def replace(name: str, make: Callable[[Any], nn.Module]) -> Callable[[Transformer], None]:
    return lambda transformer: transformer.set_submodule(name, make(transformer.get_submodule(name)))


def subclassed(kind: type[MultiHeadAttention]) -> Callable[[Any], nn.Module]:
    def make(old: MultiHeadAttention) -> nn.Module:
        new = kind(39, 3).double().eval()
        new.load_state_dict(old.state_dict())
        return new

    return make


def patched_forward(transformer: Transformer) -> None:
    plain = transformer.decoder.forward
    transformer.decoder.forward = lambda x, memory, mask, memory_mask: 2 * plain(x, memory, mask, memory_mask)  # type: ignore[method-assign, assignment, misc]


def shared_layer(transformer: Transformer) -> None:
    transformer.decoder.layers[1] = transformer.decoder.layers[0]


def parametrized(transformer: Transformer) -> None:
    for layer in transformer.decoder.layers:
        assert isinstance(layer, DecoderLayer)
        parametrize.register_parametrization(layer.self_attention.k_proj, "weight", Scaled())


def pruned(transformer: Transformer) -> None:
    for layer in transformer.decoder.layers:
        assert isinstance(layer, DecoderLayer)
        prune.l1_unstructured(layer.self_attention.q_proj, "weight", amount=0.5)  # type: ignore[no-untyped-call]


CHANGES: dict[str, tuple[bool, type[Transformer], Callable[[Transformer], object]]] = {
    "nothing": (True, Transformer, lambda _: None),
    "a subclassed self-attention": (False, Transformer, replace("decoder.layers.0.self_attention", subclassed(Sharper))),
    "a subclassed cross-attention": (False, Transformer, replace("decoder.layers.1.cross_attention", subclassed(Sharper))),
    "a windowed self-attention": (False, Transformer, replace("decoder.layers.1.self_attention", subclassed(Windowed))),
    "other positions": (False, Transformer, replace("positions", lambda old: Doubled(old.table))),
    "a feed-forward network that mixes positions": (False, Transformer, replace("decoder.layers.0.feed_forward", Convolved)),
    "a norm that mixes positions": (False, Transformer, replace("decoder.final_norm", Convolved)),
    "a forward patched on a module": (False, Transformer, patched_forward),
    "a layer in two places": (True, Transformer, shared_layer),
    "parametrized projections": (True, Transformer, parametrized),
    "pruned projections": (True, Transformer, pruned),
    "an overridden decode": (False, Warmer, lambda _: None),
    "an overridden decode that passes on what it gets": (False, WarmerStepwise, lambda _: None),
    "an overridden forward": (False, Shifted, lambda _: None),
    "an overridden encode": (True, Backwards, lambda _: None),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_tree_acts_through_every_door(change: str) -> None:
    stepwise, kind, apply = CHANGES[change]
    transformer = model(kind)
    apply(transformer)
    assert takes_a_cache(transformer) is stepwise
    assert_one_way(transformer)


def test_a_changed_model_is_another_model() -> None:
    for change, (_, kind, apply) in CHANGES.items():
        torch.manual_seed(0)
        transformer = model(kind)
        tokens, read = source(), torch.randint(1, VOCAB, (ITEMS, LENGTH))
        before = Transformer.forward(model(), tokens, read) if kind is not Transformer else transformer(tokens, read)
        apply(transformer)
        assert (change == "nothing") is torch.equal(transformer(tokens, read), before), change
