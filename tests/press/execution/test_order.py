"""The order in which pages run."""

from sphinx.util.parallel import make_chunks

from press.execution.order import spread

SECONDS = {"a": 1.0, "long": 40.0, "longer": 50.0, "z": 9.0}


def test_the_longest_pages_come_first_each_in_a_batch_of_its_own() -> None:
    pages = [*"abcdefghijklmnopqrstuvw", "long", "longer", "z"]
    ordered = spread(pages, SECONDS, 4)
    assert sorted(ordered) == sorted(pages)
    batches = make_chunks(ordered, 4)
    assert [batch[0] for batch in batches[:3]] == ["longer", "long", "z"]


def test_pages_that_were_never_measured_keep_their_order() -> None:
    assert spread(["a", "b", "c"], {}, 8) == ["a", "b", "c"]
    assert spread([], {}, 2) == []
