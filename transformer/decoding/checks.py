"""What no decoding can work with."""

from transformer.checks import check_id, check_positive_int
from transformer.model import Transformer


def check_model(model: object, max_length: object) -> Transformer:
    """Refuse what is no Transformer, and a target longer than it can score."""
    if not isinstance(model, Transformer):
        hint = ": pass the module that it wraps" if hasattr(model, "_orig_mod") or hasattr(model, "module") else ""
        raise TypeError(f"model must be a Transformer, got {type(model).__name__}{hint}")
    longest = model.config.max_length
    if check_positive_int("max_length", max_length) > longest:
        raise ValueError(f"max_length must be at most the model's max_length = {longest}, got {max_length}")
    return model


def check_decoding(model: object, start_id: object, end_id: object, max_length: object) -> None:
    """Refuse a model, an id or a length that no search can work with."""
    config = check_model(model, max_length).config
    for name, token_id in (("start_id", start_id), ("end_id", end_id)):
        check_id(name, token_id, config.target_vocab_size)
        if token_id == config.pad_id:
            raise ValueError(f"{name} must not be the padding's id {config.pad_id}")
