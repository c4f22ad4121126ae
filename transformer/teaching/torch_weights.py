"""Take over the weights of torch.nn's modules, so that the two implementations can be compared number by number.

Settings are not copied. Those that change what the weights mean (heads, pre- or post-norm, the activation, eps) must already
agree. Where torch leaves a bias out and ours has one, ours becomes zero, which says the same: torch's ``bias=False`` takes
the bias from the layer normalisations too. Where a normalisation of torch's has no weight, ours becomes one.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from transformer.add_norm import AddNorm
from transformer.decoder import Decoder, DecoderLayer
from transformer.encoder import Encoder, EncoderLayer
from transformer.feed_forward import FeedForward
from transformer.multi_head import MultiHeadAttention


def copy_attention(ours: MultiHeadAttention, theirs: nn.MultiheadAttention) -> None:
    """Copy an ``nn.MultiheadAttention``, whose query, key and value projections are stacked in one matrix.

    Args:
        ours: The module that is written to.
        theirs: The module that is read.

    Raises:
        ValueError: The modules differ in the number of heads, in a shape, or in a choice of torch's that ours does not have.

    Example:
        >>> import torch
        >>> from transformer import MultiHeadAttention
        >>> theirs, ours = torch.nn.MultiheadAttention(6, 3, batch_first=True), MultiHeadAttention(6, 3)
        >>> copy_attention(ours, theirs)
        >>> x = torch.ones(2, 5, 6)
        >>> torch.testing.assert_close(ours(x, x, x)[0], theirs(x, x, x)[0])
    """
    if theirs.kdim != theirs.embed_dim or theirs.vdim != theirs.embed_dim:
        raise ValueError(f"kdim and vdim must equal embed_dim ({theirs.embed_dim}), got {theirs.kdim} and {theirs.vdim}")
    if theirs.bias_k is not None or theirs.add_zero_attn:
        raise ValueError("add_bias_kv and add_zero_attn have no counterpart in MultiHeadAttention")
    _check_same("num_heads", ours.num_heads, theirs.num_heads)
    weights = theirs.in_proj_weight.chunk(3)
    biases = (None,) * 3 if theirs.in_proj_bias is None else theirs.in_proj_bias.chunk(3)
    for projection, weight, bias in zip((ours.q_proj, ours.k_proj, ours.v_proj), weights, biases, strict=True):
        _copy_weight_and_bias(projection, weight, bias)
    _copy_weight_and_bias(ours.out_proj, theirs.out_proj.weight, theirs.out_proj.bias)


def copy_encoder_layer(ours: EncoderLayer, theirs: nn.TransformerEncoderLayer) -> None:
    """Copy an ``nn.TransformerEncoderLayer``.

    Args:
        ours: The module that is written to.
        theirs: The module that is read.

    Raises:
        ValueError: The modules differ in a shape or in a setting that changes what the weights mean.

    Example:
        >>> import torch
        >>> from transformer import EncoderLayer
        >>> theirs = torch.nn.TransformerEncoderLayer(6, 3, 11, dropout=0.0, batch_first=True, norm_first=True)
        >>> ours = EncoderLayer(6, 3, 11)
        >>> copy_encoder_layer(ours, theirs)
        >>> x = torch.ones(2, 5, 6)
        >>> torch.testing.assert_close(ours(x), theirs(x))
    """
    copy_attention(ours.self_attention, theirs.self_attn)
    _copy_add_norm(ours.self_attention_add_norm, theirs.norm1, theirs.norm_first)
    _copy_feed_forward(ours.feed_forward, theirs)
    _copy_add_norm(ours.feed_forward_add_norm, theirs.norm2, theirs.norm_first)


def copy_decoder_layer(ours: DecoderLayer, theirs: nn.TransformerDecoderLayer) -> None:
    """Copy an ``nn.TransformerDecoderLayer``.

    Args:
        ours: The module that is written to.
        theirs: The module that is read.

    Raises:
        ValueError: The modules differ in a shape or in a setting that changes what the weights mean.

    Example:
        >>> import torch
        >>> from transformer import DecoderLayer
        >>> theirs = torch.nn.TransformerDecoderLayer(6, 3, 11, dropout=0.0, batch_first=True, norm_first=True)
        >>> ours = DecoderLayer(6, 3, 11)
        >>> copy_decoder_layer(ours, theirs)
        >>> x, memory = torch.ones(2, 5, 6), torch.ones(2, 7, 6)
        >>> torch.testing.assert_close(ours(x, memory, causal=False), theirs(x, memory))
    """
    copy_attention(ours.self_attention, theirs.self_attn)
    _copy_add_norm(ours.self_attention_add_norm, theirs.norm1, theirs.norm_first)
    copy_attention(ours.cross_attention, theirs.multihead_attn)
    _copy_add_norm(ours.cross_attention_add_norm, theirs.norm2, theirs.norm_first)
    _copy_feed_forward(ours.feed_forward, theirs)
    _copy_add_norm(ours.feed_forward_add_norm, theirs.norm3, theirs.norm_first)


def copy_encoder(ours: Encoder, theirs: nn.TransformerEncoder) -> None:
    """Copy an ``nn.TransformerEncoder`` with all its layers, and its final norm if ours has one.

    Args:
        ours: The module that is written to.
        theirs: The module that is read.

    Raises:
        ValueError: The stacks differ in their number of layers, in having a final norm, or in a layer.

    Example:
        >>> import torch
        >>> from transformer import Encoder
        >>> layer = torch.nn.TransformerEncoderLayer(6, 3, 11, dropout=0.0, batch_first=True, norm_first=True)
        >>> theirs = torch.nn.TransformerEncoder(layer, 2, norm=torch.nn.LayerNorm(6), enable_nested_tensor=False)
        >>> ours = Encoder(2, 6, 3, 11)
        >>> copy_encoder(ours, theirs)
        >>> x = torch.ones(2, 5, 6)
        >>> torch.testing.assert_close(ours(x), theirs(x))
    """
    _check_same("number of layers", len(ours.layers), len(theirs.layers))
    for our_layer, their_layer in zip(ours.layers, theirs.layers, strict=True):
        assert isinstance(our_layer, EncoderLayer)
        assert isinstance(their_layer, nn.TransformerEncoderLayer)
        copy_encoder_layer(our_layer, their_layer)
    _copy_final_norm(ours.final_norm, theirs.norm)


def copy_decoder(ours: Decoder, theirs: nn.TransformerDecoder) -> None:
    """Copy an ``nn.TransformerDecoder`` with all its layers, and its final norm if ours has one.

    Args:
        ours: The module that is written to.
        theirs: The module that is read.

    Raises:
        ValueError: The stacks differ in their number of layers, in having a final norm, or in a layer.

    Example:
        >>> import torch
        >>> from transformer import Decoder
        >>> layer = torch.nn.TransformerDecoderLayer(6, 3, 11, dropout=0.0, batch_first=True, norm_first=False)
        >>> theirs, ours = torch.nn.TransformerDecoder(layer, 2), Decoder(2, 6, 3, 11, norm_first=False)
        >>> copy_decoder(ours, theirs)
        >>> x, memory = torch.ones(2, 5, 6), torch.ones(2, 7, 6)
        >>> torch.testing.assert_close(ours(x, memory, causal=False), theirs(x, memory))
    """
    _check_same("number of layers", len(ours.layers), len(theirs.layers))
    for our_layer, their_layer in zip(ours.layers, theirs.layers, strict=True):
        assert isinstance(our_layer, DecoderLayer)
        assert isinstance(their_layer, nn.TransformerDecoderLayer)
        copy_decoder_layer(our_layer, their_layer)
    _copy_final_norm(ours.final_norm, theirs.norm)


def _copy_feed_forward(ours: FeedForward, theirs: nn.TransformerEncoderLayer | nn.TransformerDecoderLayer) -> None:
    activation = theirs.activation
    if activation not in (F.relu, torch.relu) and not isinstance(activation, nn.ReLU):
        raise ValueError(f"activation must be relu, got {activation}")
    _copy_weight_and_bias(ours.linear_in, theirs.linear1.weight, theirs.linear1.bias)
    _copy_weight_and_bias(ours.linear_out, theirs.linear2.weight, theirs.linear2.bias)


def _copy_add_norm(ours: AddNorm, norm: nn.LayerNorm, norm_first: bool) -> None:
    _check_same("norm_first", ours.norm_first, norm_first)
    _copy_norm(ours.norm, norm)


def _copy_final_norm(ours: nn.Module, theirs: nn.Module | None) -> None:
    _check_same("final norm", isinstance(ours, nn.LayerNorm), theirs is not None)
    if not isinstance(theirs, nn.LayerNorm | None):
        raise ValueError(f"the final norm must be a LayerNorm, got {type(theirs).__name__}")
    if isinstance(ours, nn.LayerNorm) and theirs is not None:
        _copy_norm(ours, theirs)


def _copy_norm(ours: nn.LayerNorm, theirs: nn.LayerNorm) -> None:
    _check_same("layer_norm_eps", ours.eps, theirs.eps)
    _check_same("shape of the norm", ours.normalized_shape, theirs.normalized_shape)
    plain = torch.ones_like(ours.weight) if theirs.weight is None else theirs.weight  # elementwise_affine=False
    _copy_weight_and_bias(ours, plain, theirs.bias)


def _copy_weight_and_bias(ours: nn.Linear | nn.LayerNorm, weight: Tensor, bias: Tensor | None) -> None:
    _check_same("weight shape", tuple(ours.weight.shape), tuple(weight.shape))
    if bias is not None and ours.bias is None:
        raise ValueError("theirs has a bias, ours has none: build ours with bias=True")
    with torch.no_grad():
        ours.weight.copy_(weight)
        if ours.bias is not None:
            ours.bias.copy_(torch.zeros_like(ours.bias) if bias is None else bias)


def _check_same(what: str, ours: object, theirs: object) -> None:
    if ours != theirs:
        raise ValueError(f"{what} must agree, got {ours} in ours and {theirs} in theirs")
