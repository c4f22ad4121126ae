from functools import partial
from pathlib import Path

import pytest
import torch

from tests.transformer.helpers import assert_exact, assert_refused
from tests.transformer.poems.helpers import invented_poems
from transformer.poems.forms import FORMS, Characters, Form, form_of
from transformer.poems.model import PoetSettings, make_poet
from transformer.poems.poet import Poet
from transformer.training import save_weights

CHARACTERS = Characters("東同銅桐筒童中衷忠蟲董動孔總送夢鳳洞眾")  # 甕 is unknown


@pytest.fixture
def poet() -> Poet:
    torch.manual_seed(5)
    sizes = PoetSettings(d_model=12, num_layers=2, num_heads=3, num_kv_heads=1, head_dim=4, d_ff=9).sizes(len(CHARACTERS))
    return Poet(make_poet(sizes), CHARACTERS)


def test_writes_poems_of_each_form_and_the_same_again(poet: Poet) -> None:
    for form in FORMS:
        poems = poet.write(form, 5, seed=3)
        assert {form_of(poem) for poem in poems} == {form}
        assert {symbol for poem in poems for line in poem for symbol in line} <= set(CHARACTERS.symbols)
        assert poems == poet.write(form, 5, seed=3) != poet.write(form, 5, seed=4)
        assert len(set(poems)) == 5


def test_each_line_of_an_acrostic_begins_with_its_character(poet: Poet) -> None:
    for form, opening in ((Form(4, 7), "東同銅桐"), (Form(8, 5), "東同銅桐筒東東蟲")):
        for poem in poet.write(form, 4, opening=opening, nucleus=0.5):
            assert "".join(line[0] for line in poem) == opening


def test_a_cold_poet_writes_the_likeliest(poet: Poet) -> None:
    [cold] = set(poet.write(Form(4, 5), 3, heat=1e-6))
    assert set(poet.write(Form(4, 5), 3, nucleus=1e-6)) == {cold}
    ids = CHARACTERS.encode(cold)
    with torch.no_grad():
        scores = poet.model(torch.tensor([ids[:-1]]))[0, :, 6:]
    assert scores.argmax(-1).tolist() == [i - 6 for i in ids[1:]]


def test_the_surprise_of_a_poem_is_its_own_whatever_stands_beside_it(poet: Poet) -> None:
    poems = invented_poems(7)
    poet.model.double()
    together = poet.nats(poems, batch_size=2)
    for i, poem in enumerate(poems):
        ids = torch.tensor(CHARACTERS.encode(poem))
        with torch.no_grad():
            chances = poet.model(ids[None, :-1])[0].log_softmax(-1)
        assert_exact(together[i], -chances[torch.arange(len(ids) - 1), ids[1:]].sum())


def test_a_trained_poet_is_read_and_writes(trained: Path) -> None:
    poet = Poet.load(trained / "poet.safetensors")
    assert len(poet.characters.symbols) == 20
    assert form_of(poet.write(Form(8, 7))[0]) == Form(8, 7)
    whole = Poet.load(trained / "model.safetensors")  # not in eight bits
    poems = invented_poems(20)
    torch.testing.assert_close(whole.nats(poems), poet.nats(poems), atol=0, rtol=1e-3)
    assert not torch.equal(whole.nats(poems), poet.nats(poems))


@pytest.mark.bad_input
def test_refuses_what_it_cannot_write_or_read(poet: Poet, tmp_path: Path) -> None:
    write = partial(poet.write, Form(4, 5))
    message = "form must be one of 4x5, 4x7, 8x5, 8x7, got 5x4"
    assert_refused(partial(poet.write, Form(5, 4)), ValueError, message)
    message = "opening must have 4 characters, one for each line, got 3: '東同銅'"
    assert_refused(partial(write, opening="東同銅"), ValueError, message)
    message = "opening must have characters that the poet knows, got '甕'"
    assert_refused(partial(write, opening="東同銅甕"), ValueError, message)
    assert_refused(partial(write, 0), ValueError, "count must be at least 1, got 0")
    with pytest.raises(ValueError, match="temperature must be"):
        write(heat=0.0)
    path = tmp_path / "poet.safetensors"
    save_weights(path, poet.model.state_dict(), {})
    with pytest.raises(ValueError, match=r"must tell a poet's config and characters, got \[\]"):
        Poet.load(path)
    with pytest.raises(FileNotFoundError, match="none"):
        Poet.load(tmp_path / "none")
