"""Whatever way a text is read, the scores are those of reading it at once."""

import pytest
import torch

from tests.transformer.helpers import assert_exact
from tests.transformer.today.models import D_MODEL, FAMILIES, SIZES, WINDOW, in_pieces, made, text
from transformer.today import Attention, Cache, LayerCache, causal, same_document, sink, window
from transformer.today.visible import Rule

each = pytest.mark.parametrize("name", FAMILIES)
LENGTH = 13


@each
@pytest.mark.parametrize("sizes", [[13], [7, 2, 4], [1] * 13, [12, 1]], ids=str)
def test_in_pieces(name: str, sizes: list[int]) -> None:
    model, tokens = made(name), text(2, LENGTH)
    assert_exact(in_pieces(model, tokens, sizes), model(tokens))


@each
def test_left_padding_changes_nothing(name: str) -> None:
    model, texts = made(name), [text(1, length) for length in (13, 9, 4)]
    padding = torch.tensor([0, 4, 9])
    batch = torch.cat([torch.cat([text(1, int(pad)), one], dim=1) for pad, one in zip(padding, texts, strict=True)])
    at_once = model(batch, positions=torch.arange(LENGTH) - padding[:, None])
    pieces = in_pieces(model, batch, [5, 1, 7], padding=padding)
    for row, one in enumerate(texts):
        assert_exact(at_once[row : row + 1, padding[row] :], model(one))
        assert_exact(pieces[row : row + 1, padding[row] :], model(one))
    assert at_once.isfinite().all()


@pytest.mark.parametrize("rule", [window(WINDOW), sink(2, WINDOW)], ids=["window", "sink"])
def test_a_cache_that_drops_what_is_hidden_suffices(rule: Rule) -> None:
    model, tokens = made("mistral", visible=rule), text(2, LENGTH)
    padding = torch.tensor([0, 5])
    cache, whole = model.cache(keep=rule, padding=padding), model.cache(padding=padding)
    for piece in torch.split(tokens, [4, 1, 1, 5, 2], dim=1):
        assert_exact(model(piece, cache), model(piece, whole))
    assert cache.numel() < whole.numel()


def test_what_a_rolling_cache_holds() -> None:
    model, tokens = made("mistral"), text(2, LENGTH)
    for rule, held in ((window(WINDOW), [11, 12]), (sink(2, WINDOW), [0, 1, 11, 12]), (causal, list(range(LENGTH)))):
        cache = model.cache(keep=rule)
        model(tokens, cache)
        for layer in cache.layers:
            assert layer.positions is not None
            assert layer.positions.tolist() == [held, held]
        key_and_value = 2 * SIZES.num_layers * SIZES.num_kv_heads * SIZES.head_dim
        assert cache.numel() == key_and_value * 2 * len(held)


def test_a_window_hides_what_lies_before_it() -> None:
    model, tokens = made("mistral"), text(1, LENGTH)
    reach = SIZES.num_layers * (WINDOW - 1)
    other = tokens.clone()
    other[0, 0] = (tokens[0, 0] + 1) % 11
    difference = (model(tokens) - model(other)).abs().amax(-1)[0]
    assert (difference[: reach + 1] > 0).all()
    assert (difference[reach + 1 :] == 0).all()


@each
def test_a_beginning_is_shared(name: str) -> None:
    model, beginning, ends = made(name), text(1, 6), text(3, 7)
    cache = model.cache()
    model(beginning, cache)
    shared = cache.rows(torch.zeros(3, dtype=torch.int64))
    whole = model(torch.cat([beginning.expand(3, -1), ends], dim=1))
    assert_exact(model(ends, shared), whole[:, 6:])
    assert_exact(model(ends[1:2], cache), whole[1:2, 6:])  # the first cache has seen nothing of this


@each
def test_rows_may_leave_and_change_places(name: str) -> None:
    model, tokens = made(name), text(3, LENGTH)
    cache = model.cache(padding=torch.tensor([0, 2, 1]))
    whole = in_pieces(model, tokens, [LENGTH], padding=torch.tensor([0, 2, 1]))
    model(tokens[:, :6], cache)
    order = torch.tensor([2, 0])
    assert_exact(model(tokens[order, 6:], cache.rows(order)), whole[order, 6:])


@each
def test_the_newest_tokens_are_taken_back(name: str) -> None:
    model, tokens = made(name), text(2, LENGTH)
    cache = model.cache()
    model(torch.cat([tokens[:, :5], text(2, 3)], dim=1), cache)
    assert_exact(model(tokens[:, 5:], cache.without_newest(3)), model(tokens)[:, 5:])
    assert_exact(model(tokens, cache.without_newest(8)), model(tokens))


@pytest.mark.parametrize("name", [name for name in FAMILIES if name != "gpt2"])  # whose second text stands elsewhere
def test_packed_texts_do_not_see_each_other(name: str) -> None:
    model, texts = made(name), [text(2, length) for length in (5, 1, 7)]
    tokens = torch.cat(texts, dim=1)
    numbers = torch.tensor([0] * 5 + [1] + [2] * 7).expand(2, -1)
    packed = model(tokens, visible=same_document(numbers))
    alone = torch.cat([model(one) for one in texts], dim=1)
    assert_exact(packed, alone)
    assert (model(tokens) - alone).abs().max() > 1e-3
    cache = model.cache()
    pieces = [model(piece, cache, visible=same_document(numbers)) for piece in torch.split(tokens, [4, 4, 5], dim=1)]
    assert_exact(torch.cat(pieces, dim=1), alone)


def test_packed_rows_may_be_cut_differently() -> None:
    model, tokens = made("llama"), text(2, 6)
    numbers = torch.tensor([[0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 1, 1]])
    packed = model(tokens, visible=same_document(numbers))
    for row, cut in ((0, 2), (1, 4)):
        for part in (slice(None, cut), slice(cut, None)):
            assert_exact(packed[[row], part], model(tokens[[row], part]))


@pytest.mark.bad_input
def test_refused() -> None:
    model, tokens = made("llama"), text(2, 5)
    cache = model.cache()
    model(tokens, cache)
    with pytest.raises(ValueError, match="x has 3 rows, but the cache has 2"):
        model(text(3, 1), cache)
    with pytest.raises(ValueError, match="cache must have 3 layers, one for each block, got 1"):
        model(tokens, Cache([LayerCache()]))
    with pytest.raises(ValueError, match="count must be at most the 5 tokens that were read, got 6"):
        cache.without_newest(6)
    with pytest.raises(ValueError, match="tokens cannot be taken back from a cache whose layers drop old keys"):
        model.cache(keep=window(2)).without_newest(1)
    with pytest.raises(ValueError, match=r"rows must be in \[0, 2\), got 0 to 2"):
        cache.rows(torch.tensor([0, 2]))
    with pytest.raises(ValueError, match=r"padding must be at least 0 in each row, got \[-1\]"):
        model.cache(padding=torch.tensor([-1]))
    with pytest.raises(TypeError, match=r"keep must be a module or a function, got int \(3\)"):
        model.cache(keep=3)  # type: ignore[arg-type]
    rule = same_document(torch.zeros(2, 4, dtype=torch.int64))
    with pytest.raises(ValueError, match="documents must reach position 4, got length 4"):
        model(tokens, visible=rule)


def test_a_cache_of_an_attention_alone() -> None:
    attention, x = Attention(D_MODEL, 6, 2, 4).double(), torch.randn(2, 5, D_MODEL, dtype=torch.float64)
    place, cache = torch.arange(5)[None], LayerCache()
    whole = attention(x, place)
    assert_exact(attention(x[:, :3], place[:, :3], cache), whole[:, :3])
    assert_exact(attention(x[:, 3:], place[:, 3:], cache), whole[:, 3:])
