"""Show that jaxtyping's hook, with which `make test` runs, does check the shapes in signatures, and where it is switched off."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from jaxtyping import TypeCheckError

from transformer import scaled_dot_product_attention

PROGRAM = """
import contextlib, sys
from jaxtyping import TypeCheckError, install_import_hook

hooked = sys.argv[1] == "hooked"
with install_import_hook("transformer", "beartype.beartype") if hooked else contextlib.nullcontext():
    from transformer import FeedForward, causal_mask, scaled_dot_product_attention
import torch

narrow = FeedForward(6, 11)
narrow.linear_out = torch.nn.Linear(11, 5)
x = torch.zeros(2, 3, 5, 4)
calls = {
    "wrong argument": lambda: scaled_dot_product_attention(x, x[:, :2], x),
    "wrong mask": lambda: scaled_dot_product_attention(x, x, x, causal_mask(7)),
    "wrong result": lambda: narrow(torch.zeros(2, 5, 6)),
    "all right": lambda: scaled_dot_product_attention(x, x, x, causal_mask(5)),
}
for name, call in calls.items():
    try:
        call()
    except (TypeCheckError, ValueError) as error:
        print(f"{name}: {type(error).__name__}")
    else:
        print(f"{name}: accepted")
"""


def run(how: str) -> list[str]:
    result = subprocess.run([sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True)
    return result.stdout.splitlines()


def test_the_hook_refuses_shapes_that_signatures_forbid() -> None:
    assert run("hooked") == [
        "wrong argument: TypeCheckError",
        "wrong mask: TypeCheckError",
        "wrong result: TypeCheckError",
        "all right: accepted",
    ]


def test_without_the_hook_only_the_packages_own_checks_speak() -> None:
    assert run("plain") == [
        "wrong argument: ValueError",
        "wrong mask: ValueError",
        "wrong result: accepted",
        "all right: accepted",
    ]


@pytest.fixture
def hooked(request: pytest.FixtureRequest) -> bool:
    """Whether this run has the hook; by hand one may run a test without it."""
    return bool(request.config.getoption("--jaxtyping-packages", default=None))


def call_with_wrong_shapes() -> None:
    x = torch.zeros(2, 3, 5, 4)
    scaled_dot_product_attention(x, x[:, :2], x)


def test_a_test_of_this_run_has_the_checks_of_shapes(hooked: bool) -> None:
    with pytest.raises(TypeCheckError if hooked else ValueError):
        call_with_wrong_shapes()


@pytest.mark.bad_input
def test_a_test_of_bad_input_has_not() -> None:
    with pytest.raises(ValueError, match="heads"):
        call_with_wrong_shapes()


def test_make_test_runs_with_the_hook() -> None:
    makefile = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")
    assert "$(PYTEST) -p jaxtyping._pytest_plugin --jaxtyping-packages=transformer,tests.typechecker\n" in makefile
