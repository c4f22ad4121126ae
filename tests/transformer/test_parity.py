from copy import deepcopy

import pytest
import torch
from torch import Tensor, nn

from tests.transformer.helpers import assert_exact, assert_same_gradients, randomize
from transformer import Transformer, TransformerConfig
from transformer.masks import causal_mask
from transformer.teaching.torch_weights import copy_decoder, copy_encoder

PAD = 0
SOURCES = {"full": [[3, 4, 5, 6, 7, 8, 9], [9, 8, 3, 6, 5, 4, 3]], "padded": [[3, 4, 5, 6, 7, 8, 9], [9, 8, 3, 6, PAD, PAD, PAD]]}
TARGETS = {"full": [[1, 5, 6, 7, 12], [1, 9, 8, 7, 11]], "padded": [[1, 5, 6, PAD, PAD], [1, 9, 8, 7, 11]]}


class TorchTransformer(nn.Module):
    """Our embeddings, positions and output projection around torch's two stacks, with torch's masks."""

    def __init__(self, ours: Transformer) -> None:
        super().__init__()
        c = ours.config
        self.source_embedding, self.target_embedding = deepcopy(ours.source_embedding), deepcopy(ours.target_embedding)
        self.positions, self.output_proj = ours.positions, deepcopy(ours.output_proj)
        encoder_layer = nn.TransformerEncoderLayer(
            c.d_model, c.num_heads, c.d_ff, dropout=0.0, batch_first=True, norm_first=c.norm_first
        )
        decoder_layer = nn.TransformerDecoderLayer(
            c.d_model, c.num_heads, c.d_ff, dropout=0.0, batch_first=True, norm_first=c.norm_first
        )
        norms = [nn.LayerNorm(c.d_model) if c.norm_first else None for _ in range(2)]
        self.encoder = nn.TransformerEncoder(encoder_layer, c.num_layers, norm=norms[0], enable_nested_tensor=False)
        self.decoder = nn.TransformerDecoder(decoder_layer, c.num_layers, norm=norms[1])

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        memory = self.encoder(self.positions(self.source_embedding(source)), src_key_padding_mask=source == PAD)
        x = self.decoder(
            self.positions(self.target_embedding(target)),
            memory,
            tgt_mask=~causal_mask(target.shape[1])[0, 0],
            tgt_key_padding_mask=target == PAD,
            memory_key_padding_mask=source == PAD,
        )
        logits: Tensor = self.output_proj(x)
        return logits


def copy_transformer(ours: Transformer, theirs: TorchTransformer) -> None:
    ours.source_embedding.load_state_dict(theirs.source_embedding.state_dict())
    ours.target_embedding.load_state_dict(theirs.target_embedding.state_dict())
    ours.output_proj.load_state_dict(theirs.output_proj.state_dict())
    copy_encoder(ours.encoder, theirs.encoder)
    copy_decoder(ours.decoder, theirs.decoder)


@pytest.mark.parametrize("source_ids", SOURCES.values(), ids=[f"source-{name}" for name in SOURCES])
@pytest.mark.parametrize("target_ids", TARGETS.values(), ids=[f"target-{name}" for name in TARGETS])
@pytest.mark.parametrize("norm_first", [True, False], ids=["pre-norm", "post-norm"])
def test_the_whole_transformer_is_torchs(norm_first: bool, target_ids: list[list[int]], source_ids: list[list[int]]) -> None:
    config = TransformerConfig(
        11, 13, d_model=12, num_heads=3, num_layers=2, d_ff=19, dropout=0.0, max_length=17, pad_id=PAD, norm_first=norm_first
    )
    ours = Transformer(config).double()
    theirs = TorchTransformer(ours).double()
    randomize(theirs)
    copy_transformer(ours, theirs)
    source, target = torch.tensor(source_ids), torch.tensor(target_ids)

    logits, expected = ours(source, target), theirs(source, target)
    assert_exact(logits, expected)
    pull = torch.randn_like(logits)
    logits.backward(pull)
    expected.backward(pull)
    assert_same_gradients(ours, theirs, copy_transformer)
