from functools import partial
from typing import Any

import pytest
import torch

from tests.transformer.helpers import assert_refused, case
from tests.transformer.training.helpers import CONFIG, make_examples
from transformer.training import Batches, pad_examples
from transformer.training.batches import Example, check_examples


def take(batches: Batches, count: int) -> list[list[int]]:
    return [batches.next() for _ in range(count)]


@pytest.mark.parametrize(("examples", "size"), [(17, 5), (15, 5), (17, 17), (17, 99), (17, 1), (1, 5)])
def test_an_epoch_has_every_example_once_in_batches_of_nearly_one_size(examples: int, size: int) -> None:
    batches = Batches(make_examples(examples), size, seed=0)
    for _ in range(3):
        epoch = take(batches, len(batches))
        assert sorted(row for rows in epoch for row in rows) == list(range(examples))
        sizes = {len(rows) for rows in epoch}
        assert max(sizes) <= size
        assert max(sizes) - min(sizes) <= 1
    assert batches.epoch == 2


def test_neighbours_in_length_are_together_so_that_little_is_padding() -> None:
    examples = make_examples(600)

    def share_of_padding(epoch: list[list[int]]) -> float:
        tensors = [tensor for rows in epoch for tensor in pad([examples[row] for row in rows])]
        return sum(int((tensor == 0).sum()) for tensor in tensors) / sum(tensor.numel() for tensor in tensors)

    batches = Batches(examples, 20, seed=0)
    shuffled = torch.randperm(600, generator=torch.Generator().manual_seed(0)).view(30, 20).tolist()
    assert share_of_padding(take(batches, 30)) < 0.03
    assert share_of_padding(shuffled) > 0.25


def test_the_order_depends_on_the_seed_and_the_epoch_alone() -> None:
    examples = make_examples(40)
    first = take(Batches(examples, 5, seed=3), 16)
    torch.manual_seed(99)
    assert take(Batches(examples, 5, seed=3), 16) == first
    assert first[:8] != first[8:]
    assert take(Batches(examples, 5, seed=4), 16) != first


def test_batches_come_in_no_order_of_length_and_mix_anew_each_epoch() -> None:
    examples = make_examples(40)
    batches = Batches(examples, 5, seed=0)
    epochs = [take(batches, 8) for _ in range(2)]
    for epoch in epochs:
        longest = [max(len(examples[row][1]) for row in rows) for rows in epoch]
        assert longest not in (sorted(longest), sorted(longest, reverse=True))
    assert {frozenset(rows) for rows in epochs[0]} != {frozenset(rows) for rows in epochs[1]}


def test_draws_from_a_generator_of_its_own() -> None:
    before = torch.get_rng_state()
    take(Batches(make_examples(), 5, seed=0), 9)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_stream_goes_on_from_its_state_at_any_place() -> None:
    examples = make_examples()
    stream = take(Batches(examples, 5, seed=1), 13)
    for place in range(13):
        earlier, later = Batches(examples, 5, seed=1), Batches(examples, 5, seed=1)
        take(earlier, place)
        take(later, 6)
        later.load_state_dict(earlier.state_dict())
        assert take(later, 13 - place) == stream[place:]


def place(**state: Any) -> None:
    batches = Batches(make_examples(), 5, seed=0)
    batches.load_state_dict({**batches.state_dict(), **state})


REFUSED = [
    case("no examples", ValueError, "examples must hold at least one pair of source and target, got none", Batches, [], 5, 0),
    case("size 0", ValueError, "batch_size must be at least 1, got 0", Batches, make_examples(), 0, 0),
    case("size 2.0", TypeError, "batch_size must be an int, got float (2.0)", Batches, make_examples(), 2.0, 0),
    case("seed -1", ValueError, "seed must be at least 0, got -1", Batches, make_examples(), 5, -1),
    case("position 5", ValueError, "position must be in [0, 4], the batches of an epoch, got 5", place, position=5),
    case("position -1", ValueError, "position must be at least 0, got -1", place, position=-1),
    case("epoch -1", ValueError, "epoch must be at least 0, got -1", place, epoch=-1),
    case("epoch 1.0", TypeError, "epoch must be an int, got float (1.0)", place, epoch=1.0),
    case(
        "no position",
        ValueError,
        "state must hold epoch, position, examples, got epoch",
        Batches(make_examples(), 5, 0).load_state_dict,
        {"epoch": 0},
    ),
]


@pytest.mark.bad_input
@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_refuses(call: partial[object], error: type[Exception], message: str) -> None:
    assert_refused(call, error, message)


def test_refuses_the_place_in_other_examples_and_stays_where_it_was() -> None:
    batches = Batches(make_examples(), 5, seed=0)
    take(batches, 6)
    expected = take(Batches(make_examples(), 5, seed=0), 8)[6:]
    changed = make_examples()
    changed[3] = (changed[3][0], [11 - token for token in changed[3][1]])  # other ids, as many
    with pytest.raises(ValueError, match="examples must have the checksum"):
        batches.load_state_dict(Batches(changed, 5, seed=0).state_dict())
    assert take(batches, 2) == expected


pad = partial(pad_examples, pad_id=0, start_id=1, end_id=2)


def test_pads_after_the_shorter_ones_and_puts_targets_between_start_and_end() -> None:
    source, target = pad_examples([([5, 6, 7], (3,)), ((4,), [5, 4]), ([8, 8], [])], pad_id=9, start_id=1, end_id=2)
    assert source.tolist() == [[5, 6, 7], [4, 9, 9], [8, 8, 9]]
    assert target.tolist() == [[1, 3, 2, 9], [1, 5, 4, 2], [1, 2, 9, 9]]
    assert source.dtype == target.dtype == torch.int64


def test_puts_tensors_where_they_are_asked_for() -> None:
    assert [tensor.device.type for tensor in pad(make_examples(), device=torch.device("meta"))] == ["meta", "meta"]


def test_takes_examples_up_to_the_longest_that_the_model_reads() -> None:
    check_examples("examples", [([3] * 11, [8] * 10), ([3], [])], CONFIG)


@pytest.mark.parametrize(
    ("example", "message"),
    [
        (([], [3]), "held_out[1] must have a source of 1 to 11 ids, got 0"),
        (([3] * 12, [3]), "held_out[1] must have a source of 1 to 11 ids, got 12"),
        (([3], [3] * 11), "held_out[1] must have a target of 0 to 10 ids, got 11"),
        (([3, 9], [3]), "held_out[1] must have source ids in [0, 9) but for pad_id = 0, got 9"),
        (([3], [3, -1]), "held_out[1] must have target ids in [0, 9) but for pad_id = 0, got -1"),
        (([3], [3, 0]), "held_out[1] must have target ids in [0, 9) but for pad_id = 0, got 0"),
    ],
    ids=["no source", "long source", "long target", "unknown", "negative", "padding"],
)
def test_refuses_an_example_that_the_model_could_not_read(example: Example, message: str) -> None:
    assert_refused(lambda: check_examples("held_out", [([3], [3]), example], CONFIG), ValueError, message)


def test_the_order_does_not_depend_on_the_default_device() -> None:
    examples = make_examples()
    there = Batches(examples, 5, seed=3)
    with torch.device("meta"):
        here = Batches(examples, 5, seed=3)
        found = [here.next() for _ in range(9)]
    assert found == [there.next() for _ in range(9)]
