import math

import pytest
import torch

from tests.transformer.helpers import assert_identical
from transformer import TokenEmbedding


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32], ids=str)
def test_scales_the_row_of_each_id_by_the_root_of_d_model(dtype: torch.dtype) -> None:
    module = TokenEmbedding(11, 6).double()
    tokens = torch.tensor([[0, 10, 3], [3, 4, 5]], dtype=dtype)
    vectors = module(tokens)
    for row, column in ((0, 0), (0, 1), (0, 2), (1, 0), (1, 2)):
        token = int(tokens[row, column])
        assert_identical(vectors[row, column].detach(), module.embedding.weight[token].detach() * math.sqrt(6))


def test_vectors_start_with_variance_one() -> None:
    vectors = TokenEmbedding(997, 64)(torch.arange(997).view(1, 997))
    # Of about 64 000 draws the variance is within 0.03 of the truth, five times its standard error.
    torch.testing.assert_close(vectors.var().detach(), torch.tensor(1.0), atol=0.03, rtol=0)


def test_only_the_ids_that_occur_get_a_gradient() -> None:
    module = TokenEmbedding(11, 6)
    module(torch.tensor([[3, 7], [7, 0]])).sum().backward()
    gradient = module.embedding.weight.grad
    assert gradient is not None
    assert gradient.abs().sum(-1).nonzero().flatten().tolist() == [0, 3, 7]


def test_takes_an_empty_batch() -> None:
    assert TokenEmbedding(11, 6)(torch.zeros(0, 5, dtype=torch.int64)).shape == (0, 5, 6)
