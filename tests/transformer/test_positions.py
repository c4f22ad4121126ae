import math

import pytest
import torch

from tests.transformer.helpers import assert_exact, assert_identical
from transformer import SinusoidalPositionalEncoding
from transformer.positions import sinusoidal_table


@pytest.mark.parametrize("d_model", [6, 7, 1], ids=["even", "odd", "one"])
def test_table_is_the_papers_formula(d_model: int) -> None:
    expected = torch.empty(97, d_model, dtype=torch.float64)
    for position in range(97):
        for column in range(d_model):
            angle = position / 10000 ** (2 * (column // 2) / d_model)
            expected[position, column] = math.sin(angle) if column % 2 == 0 else math.cos(angle)
    table = sinusoidal_table(97, d_model)
    assert table.dtype == torch.float32
    # The table is rounded to float32: half a unit in the last place below 1 is 3e-8.
    torch.testing.assert_close(table.double(), expected, atol=3.1e-8, rtol=0)


def test_the_product_of_two_rows_depends_only_on_their_distance() -> None:
    table = sinusoidal_table(41, 12).double()
    products = table @ table.T
    for distance in range(41):
        diagonal = products.diagonal(distance)
        # 12 products of numbers with an error of 3e-8 each.
        torch.testing.assert_close(diagonal, diagonal[0].expand_as(diagonal), atol=1e-6, rtol=0)
    assert products[0, 0] > products[0, 1] > products[0, 2]


def test_adds_to_each_vector_the_row_of_its_position() -> None:
    module = SinusoidalPositionalEncoding(6, 17).double()
    x = torch.randn(2, 5, 6, dtype=torch.float64)
    assert_exact(module(x) - x, sinusoidal_table(5, 6).double().expand(2, 5, 6))


def test_takes_a_sequence_of_max_length_and_an_empty_one() -> None:
    module = SinusoidalPositionalEncoding(6, 5)
    assert module(torch.zeros(2, 5, 6)).shape == (2, 5, 6)
    assert module(torch.zeros(2, 0, 6)).shape == (2, 0, 6)
    assert module(torch.zeros(0, 5, 6)).shape == (0, 5, 6)


def test_table_is_a_buffer_that_moves_but_is_not_saved_or_trained() -> None:
    module = SinusoidalPositionalEncoding(6, 17)
    assert list(module.parameters()) == []
    assert list(module.state_dict()) == []
    assert module.to("meta").table.device.type == "meta"


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16], ids=str)
def test_keeps_the_dtype_of_its_input(dtype: torch.dtype) -> None:
    x = torch.zeros(2, 5, 6, dtype=dtype)
    assert_identical(SinusoidalPositionalEncoding(6, 17)(x), sinusoidal_table(5, 6).to(dtype).expand(2, 5, 6))
