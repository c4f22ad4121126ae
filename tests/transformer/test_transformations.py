"""Values never decide the way while torch traces: each transformation runs over each public module, and changes no result."""

import warnings
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch._dynamo.testing import CompileCounter
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.func import functional_call, grad, vmap

from tests.transformer.helpers import assert_exact, randomize
from tests.transformer.today.transformation_cases import TODAY
from tests.transformer.transformation_cases import (
    BATCH,
    D_MODEL,
    HEADS,
    LENGTH,
    MEMORY,
    SAMPLES,
    VOCAB,
    Case,
    Function,
    heads,
    hidden,
    ids,
    per_item,
    vectors,
)
from transformer import (
    Decoder,
    DecoderLayer,
    Dropout,
    Encoder,
    EncoderLayer,
    FeedForward,
    MultiHeadAttention,
    SinusoidalPositionalEncoding,
    TokenEmbedding,
    Transformer,
    TransformerConfig,
    attention_weights,
    causal_mask,
    scaled_dot_product_attention,
    sequence_loss,
)
from transformer.add_norm import AddNorm

pytestmark = [
    pytest.mark.bad_input,  # the shape checks of jaxtyping do not know the tensors that stand for others
    pytest.mark.filterwarnings("ignore:There is a performance drop because we have not yet implemented the batching rule"),
]

SIZES = {"d_model": D_MODEL, "num_heads": HEADS, "d_ff": 17, "dropout": 0.25}


class Around(nn.Module):
    """Add & Norm around a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.add_norm = AddNorm(D_MODEL, dropout=0.25, norm_first=True, layer_norm_eps=1e-5)
        self.linear = nn.Linear(D_MODEL, D_MODEL)

    def forward(self, x: Tensor) -> Tensor:
        return self.add_norm(x, self.linear)


CASES = {
    "attention_weights": Case(lambda: Function(attention_weights), lambda n: (heads(n), heads(n, MEMORY), hidden(n, MEMORY))),
    "scaled_dot_product_attention": Case(
        lambda: Function(lambda q, k, v, m: scaled_dot_product_attention(q, k, v, m)[0]),
        lambda n: (heads(n), heads(n), heads(n), per_item(causal_mask(LENGTH), n) & hidden(n)),
    ),
    "scaled_dot_product_attention with weights": Case(
        lambda: Function(lambda q, k, v, m: scaled_dot_product_attention(q, k, v, m, need_weights=True)),
        lambda n: (heads(n), heads(n, MEMORY), heads(n, MEMORY), hidden(n, MEMORY)),
    ),
    "sequence_loss": Case(
        lambda: Function(lambda x, t: sequence_loss(x, t, pad_id=0, label_smoothing=0.1)),
        lambda n: (torch.randn(n, LENGTH, VOCAB, dtype=torch.float64), torch.randint(1, VOCAB, (n, LENGTH))),
    ),
    "Dropout": Case(lambda: Dropout(0.25), lambda n: (vectors(n),)),
    "AddNorm": Case(Around, lambda n: (vectors(n),)),
    "TokenEmbedding": Case(lambda: TokenEmbedding(VOCAB, D_MODEL), lambda n: (ids(n),)),
    "SinusoidalPositionalEncoding": Case(lambda: SinusoidalPositionalEncoding(D_MODEL, 9), lambda n: (vectors(n),)),
    "FeedForward": Case(lambda: FeedForward(D_MODEL, 17), lambda n: (vectors(n),)),
    "MultiHeadAttention": Case(
        lambda: MultiHeadAttention(D_MODEL, HEADS, dropout=0.25),
        lambda n: (vectors(n), *[vectors(n, MEMORY)] * 2, hidden(n, MEMORY)),
    ),
    "EncoderLayer": Case(lambda: EncoderLayer(**SIZES), lambda n: (vectors(n), hidden(n))),  # type: ignore[arg-type]
    "Encoder": Case(lambda: Encoder(2, **SIZES), lambda n: (vectors(n), hidden(n))),  # type: ignore[arg-type]
    "DecoderLayer": Case(
        lambda: DecoderLayer(**SIZES),  # type: ignore[arg-type]
        lambda n: (vectors(n), vectors(n, MEMORY), hidden(n), hidden(n, MEMORY)),
    ),
    "Decoder": Case(
        lambda: Decoder(2, **SIZES),  # type: ignore[arg-type]
        lambda n: (vectors(n), vectors(n, MEMORY), hidden(n), hidden(n, MEMORY)),
    ),
    "Transformer": Case(
        lambda: Transformer(TransformerConfig(VOCAB, VOCAB, num_layers=2, **SIZES)),  # type: ignore[arg-type]
        lambda n: (ids(n, MEMORY), ids(n)),
    ),
    **TODAY,
}


def made(case: Case, *, training: bool = False) -> nn.Module:
    module = case.module().double()
    randomize(module)
    return module.train(training)


def first(output: Any) -> Tensor:
    tensor: Tensor = output[0] if isinstance(output, tuple) else output
    return tensor


each = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
modes = pytest.mark.parametrize("training", [False, True], ids=["eval", "train"])


@each
@modes
def test_export_gives_a_program_that_computes_the_same(case: Case, training: bool) -> None:
    module, inputs = made(case, training=training), case.inputs(BATCH)
    program = torch.export.export(module, inputs)
    if not training:
        for given in (inputs, case.inputs(BATCH)):  # what was hidden in the example is not what is hidden later
            assert_exact(first(program.module()(*given)), first(module(*given)))


def test_a_program_serves_other_batches_and_lengths() -> None:
    model = made(CASES["Transformer"])
    auto = {0: torch.export.Dim.AUTO, 1: torch.export.Dim.AUTO}
    program = torch.export.export(model, CASES["Transformer"].inputs(BATCH), dynamic_shapes=(auto, auto)).module()
    compiled = torch.compile(model, fullgraph=True, backend="eager", dynamic=True)
    for batch, source, target in ((7, 9, 8), (2, 3, 6)):
        given = ids(batch, source), ids(batch, target)
        assert_exact(program(*given), model(*given))
        assert_exact(compiled(*given), model(*given))


@each
@modes
def test_compile_makes_one_graph(case: Case, training: bool) -> None:
    torch.compiler.reset()
    module, inputs = made(case, training=training), case.inputs(BATCH)
    compiled = torch.compile(module, fullgraph=True, backend="eager")
    for given in (inputs, case.inputs(BATCH)):
        output = first(compiled(*given))
        if not training:
            assert_exact(output, first(module(*given)))


@each
def test_compile_breaks_no_graph_when_it_may(case: Case) -> None:
    torch.compiler.reset()
    counter = CompileCounter()
    torch.compile(made(case), backend=counter)(*case.inputs(BATCH))
    assert counter.frame_count <= 1  # in eval mode dropout has nothing to compile


@each
@modes
def test_vmap_gives_what_a_loop_gives(case: Case, training: bool) -> None:
    module = made(case, training=training)
    inputs = [torch.stack(xs) for xs in zip(*(case.inputs(BATCH) for _ in range(SAMPLES)), strict=True)]
    output = vmap(lambda *sample: first(module(*sample)), randomness="different")(*inputs)
    if not training:
        assert_exact(output, torch.stack([first(module(*xs)) for xs in zip(*inputs, strict=True)]))


@each
@modes
def test_gradients_of_each_sample_are_those_of_a_loop(case: Case, training: bool) -> None:
    module, inputs = made(case, training=training), case.inputs(BATCH)
    parameters = {name: parameter.detach() for name, parameter in module.named_parameters()}
    floats = [place for place, x in enumerate(inputs) if x.is_floating_point()]

    def loss(parameters: dict[str, Tensor], *sample: Tensor) -> Tensor:
        return first(functional_call(module, parameters, tuple(x.unsqueeze(0) for x in sample))).square().sum()

    wanted = 0 if parameters else tuple(place + 1 for place in floats)
    gradient = grad(loss, argnums=wanted)
    found = vmap(gradient, in_dims=(None, *[0] * len(inputs)), randomness="different")(parameters, *inputs)
    expected = [gradient(parameters, *sample) for sample in zip(*inputs, strict=True)]
    for place, one in enumerate(expected):
        pairs = (
            [(found[name][place], one[name]) for name in one]
            if parameters
            else [(f[place], o) for f, o in zip(found, one, strict=True)]
        )
        for ours, theirs in pairs:
            assert bool(ours.isfinite().all())
            if not training:
                assert_exact(ours, theirs)


@each
@modes
def test_runs_on_the_device_meta(case: Case, training: bool) -> None:
    module = made(case, training=training).to("meta")
    inputs = case.inputs(BATCH)
    assert first(module(*(x.to("meta") for x in inputs))).shape == first(made(case)(*inputs)).shape


@each
@modes
def test_runs_on_fake_tensors(case: Case, training: bool) -> None:
    module, inputs = made(case, training=training), case.inputs(BATCH)
    shape = first(made(case)(*inputs)).shape
    with FakeTensorMode() as mode:
        state: dict[str, Tensor] = {
            name: mode.from_tensor(x) for name, x in (*module.named_parameters(), *module.named_buffers())
        }
        assert first(functional_call(module, state, tuple(mode.from_tensor(x) for x in inputs))).shape == shape


def test_a_trace_does_not_learn_what_its_example_hid() -> None:
    layer = made(CASES["EncoderLayer"])
    x, nothing = vectors(BATCH), torch.ones(BATCH, 1, 1, LENGTH, dtype=torch.bool)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(layer, (x, nothing))  # type: ignore[no-untyped-call]
        assert_exact(traced(x, hidden(BATCH)), layer(x, hidden(BATCH)))
