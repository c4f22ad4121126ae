import pytest
import torch

from tests.transformer.helpers import assert_identical
from transformer import causal_mask, padding_mask


def test_causal_mask_allows_the_past_and_the_present() -> None:
    mask = causal_mask(5)
    assert mask.dtype == torch.bool
    assert mask.shape == (1, 1, 5, 5)
    for query in range(5):
        for key in range(5):
            assert bool(mask[0, 0, query, key]) == (key <= query)


def test_causal_mask_is_made_where_it_is_asked_for() -> None:
    assert causal_mask(5, device=torch.device("meta")).device.type == "meta"


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32], ids=str)
@pytest.mark.parametrize("pad_id", [0, 9, -1])
def test_padding_mask_hides_the_keys_that_are_padding(pad_id: int, dtype: torch.dtype) -> None:
    tokens = torch.tensor([[5, 7, 3, 4, 2], [pad_id, 5, 7, pad_id, pad_id]], dtype=dtype)
    mask = padding_mask(tokens, pad_id)
    assert mask.dtype == torch.bool
    assert mask.shape == (2, 1, 1, 5)
    assert mask[:, 0, 0].tolist() == [[True] * 5, [False, True, True, False, False]]


def test_masks_combine_to_what_both_allow() -> None:
    both = padding_mask(torch.tensor([[5, 7, 3], [5, 0, 0]]), pad_id=0) & causal_mask(3)
    assert_identical(both[0, 0].int(), torch.tensor([[1, 0, 0], [1, 1, 0], [1, 1, 1]], dtype=torch.int32))
    assert_identical(both[1, 0].int(), torch.tensor([[1, 0, 0], [1, 0, 0], [1, 0, 0]], dtype=torch.int32))
