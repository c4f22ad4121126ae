from dataclasses import FrozenInstanceError, asdict

import pytest

from transformer import TransformerConfig


def test_defaults_are_the_papers_base_model_but_for_pre_norm() -> None:
    assert asdict(TransformerConfig(11, 13)) == {
        "source_vocab_size": 11,
        "target_vocab_size": 13,
        "d_model": 512,
        "num_heads": 8,
        "num_layers": 6,
        "d_ff": 2048,
        "dropout": 0.1,
        "max_length": 512,
        "pad_id": 0,
        "norm_first": True,
        "bias": True,
        "layer_norm_eps": 1e-5,
        "tie_embeddings": False,
    }


def test_is_frozen() -> None:
    config = TransformerConfig(11, 13)
    with pytest.raises(FrozenInstanceError):
        setattr(config, "d_model", 6)  # noqa: B010 - a plain assignment is refused by mypy before it is by Python


def test_the_last_id_of_the_smaller_vocabulary_may_be_padding() -> None:
    assert TransformerConfig(11, 13, pad_id=10).pad_id == 10
