"""Built on the device meta, materialised and reset under a seed, a module has the numbers that building gives it."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from tests.transformer.today.models import FAMILIES
from transformer import (
    Decoder,
    Encoder,
    MultiHeadAttention,
    SinusoidalPositionalEncoding,
    TokenEmbedding,
    Transformer,
    TransformerConfig,
)
from transformer.today import LoRALinear


def config(**changed: object) -> TransformerConfig:
    sizes = {"source_vocab_size": 11, "target_vocab_size": 11, "d_model": 12, "num_heads": 3, "num_layers": 2, "d_ff": 17}
    return TransformerConfig(**{**sizes, **changed})  # type: ignore[arg-type]


MODULES: dict[str, Callable[[], nn.Module]] = {
    "Transformer": lambda: Transformer(config()),
    "Transformer, tied": lambda: Transformer(config(tie_embeddings=True)),
    "Transformer, post-norm without biases": lambda: Transformer(config(norm_first=False, bias=False)),
    "Encoder": lambda: Encoder(2, 12, 3, 17),
    "Decoder": lambda: Decoder(2, 12, 3, 17),
    "MultiHeadAttention": lambda: MultiHeadAttention(12, 3),
    "TokenEmbedding": lambda: TokenEmbedding(11, 12),
    "SinusoidalPositionalEncoding": lambda: SinusoidalPositionalEncoding(13, 7),
    "today.LoRALinear": lambda: LoRALinear(nn.Linear(5, 7), 2, 1.0),
    **{f"today.families.{name}": make for name, make in FAMILIES.items()},
}


def reset(module: nn.Module) -> None:
    remake = getattr(module, "reset_parameters", None)
    if remake is not None:
        remake()


@pytest.mark.parametrize("make", MODULES.values(), ids=MODULES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_reset_parameters_makes_all_numbers_of_a_module(make: Callable[[], nn.Module], dtype: torch.dtype) -> None:
    torch.manual_seed(5)
    built = make()
    with torch.device("meta"):
        module = make()
    assert {x.device.type for x in (*module.parameters(), *module.buffers())} == {"meta"}
    module.to_empty(device="cpu")
    for x in (*module.parameters(), *module.buffers()):
        nn.init.constant_(x, torch.nan)
    torch.manual_seed(5)
    module.apply(reset).to(dtype)
    expected = dict((*built.named_parameters(), *built.named_buffers()))
    found = dict((*module.named_parameters(), *module.named_buffers()))
    assert found.keys() == expected.keys()
    for name, x in expected.items():
        assert torch.equal(found[name], x.to(dtype)), name


def test_what_is_tied_is_tied_again() -> None:
    with torch.device("meta"):
        model = Transformer(config(tie_embeddings=True))
    model.to_empty(device="cpu").apply(reset)
    weight = model.source_embedding.embedding.weight
    assert model.target_embedding.embedding.weight is weight
    assert model.output_proj.weight is weight
    assert weight.std().item() == pytest.approx(12**-0.5, rel=0.2)


@pytest.mark.parametrize("make", [MODULES["Transformer"], MODULES["SinusoidalPositionalEncoding"]], ids=["model", "positions"])
def test_a_reset_keeps_dtype_and_place(make: Callable[[], nn.Module]) -> None:
    module = make().bfloat16()
    before = {name: x.data_ptr() for name, x in module.named_parameters()}
    module.apply(reset)
    assert {x.dtype for x in (*module.parameters(), *module.buffers())} == {torch.bfloat16}
    assert {name: x.data_ptr() for name, x in module.named_parameters()} == before
