"""Whole tasks, as interviewers set them: a part of the model from an empty file."""

from transformer.teaching.exercises.core import Exercise
from transformer.teaching.exercises.masks import DECODER_MASK
from transformer.teaching.exercises.quoted_code import POSITION_TABLE
from transformer.teaching.exercises.whole.adapters import LORA
from transformer.teaching.exercises.whole.attention import ATTENTION, MULTI_HEAD_ATTENTION
from transformer.teaching.exercises.whole.decoding import BEAM_SEARCH, GREEDY_WITH_CACHE
from transformer.teaching.exercises.whole.gated import SWIGLU
from transformer.teaching.exercises.whole.grouped import GROUPED_ATTENTION
from transformer.teaching.exercises.whole.layers import ENCODER_LAYER, LAYER_NORM
from transformer.teaching.exercises.whole.online import ONLINE_ATTENTION
from transformer.teaching.exercises.whole.sampling import TOP_P
from transformer.teaching.exercises.whole.today import RMS_NORM, ROTARY
from transformer.teaching.exercises.whole.tokens import BYTE_PAIRS
from transformer.teaching.exercises.whole.training import DROPOUT, SMOOTHED_LOSS

#: The whole tasks, in the order in which a model is built; then those of today's models.
WHOLE: tuple[Exercise, ...] = (
    ATTENTION,
    MULTI_HEAD_ATTENTION,
    DECODER_MASK,
    LAYER_NORM,
    POSITION_TABLE,
    ENCODER_LAYER,
    DROPOUT,
    SMOOTHED_LOSS,
    GREEDY_WITH_CACHE,
    BEAM_SEARCH,
    ONLINE_ATTENTION,
    BYTE_PAIRS,
    SWIGLU,
    RMS_NORM,
    ROTARY,
    TOP_P,
    LORA,
    GROUPED_ATTENTION,
)
