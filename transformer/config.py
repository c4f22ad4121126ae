"""The sizes and choices that make one Transformer."""

from dataclasses import dataclass

from transformer.checks import (
    check_bool,
    check_divisible,
    check_id,
    check_positive_int,
    check_positive_number,
    check_probability,
)


@dataclass(frozen=True)
class TransformerConfig:
    """Everything that ``Transformer`` needs to know. The defaults are the paper's base model, but for pre-norm.

    Args:
        source_vocab_size: Number of source token ids.
        target_vocab_size: Number of target token ids.
        d_model: Width of the vectors between layers.
        num_heads: Number of attention heads; must divide ``d_model``.
        num_layers: Number of encoder layers, and of decoder layers.
        d_ff: Width inside the feed-forward networks.
        dropout: Probability of dropout on embeddings, attention weights and sub-layer outputs, in [0, 1).
        max_length: Longest source and longest target, in tokens.
        pad_id: The id that stands for padding, on both sides.
        norm_first: True for pre-norm, which trains without care; False for the paper's post-norm.
        bias: Whether the linear layers inside the layers have a bias.
        layer_norm_eps: Added to the variance in layer normalisation.
        tie_embeddings: Use one matrix for both embeddings and for the output, as the paper does; needs one vocabulary.

    Raises:
        TypeError: A field has the wrong type.
        ValueError: A field is out of range, or two fields contradict each other.

    Source:
        Vaswani et al. 2017, table 3, row "base"; section 3.4 for the tied embeddings.

    Example:
        >>> TransformerConfig(source_vocab_size=11, target_vocab_size=13).d_model
        512
    """

    source_vocab_size: int
    target_vocab_size: int
    d_model: int = 512
    num_heads: int = 8
    num_layers: int = 6
    d_ff: int = 2048
    dropout: float = 0.1
    max_length: int = 512
    pad_id: int = 0
    norm_first: bool = True
    bias: bool = True
    layer_norm_eps: float = 1e-5
    tie_embeddings: bool = False

    def __post_init__(self) -> None:
        """Check every field, so that a config that exists can be built."""
        sizes = ("source_vocab_size", "target_vocab_size", "d_model", "num_heads", "num_layers", "d_ff", "max_length")
        for name in sizes:
            check_positive_int(name, getattr(self, name))
        check_divisible(self.d_model, self.num_heads)
        check_probability("dropout", self.dropout)
        check_id("pad_id", self.pad_id, min(self.source_vocab_size, self.target_vocab_size))
        for name in ("norm_first", "bias", "tie_embeddings"):
            check_bool(name, getattr(self, name))
        check_positive_number("layer_norm_eps", self.layer_norm_eps)
        if self.tie_embeddings and self.source_vocab_size != self.target_vocab_size:
            raise ValueError(
                "tie_embeddings needs one vocabulary, got source_vocab_size "
                f"{self.source_vocab_size} and target_vocab_size {self.target_vocab_size}"
            )
