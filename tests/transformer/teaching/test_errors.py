"""Errors as part of the lesson: what is accepted, what is printed, and what a notebook is given."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from torch import nn

from tests.transformer.helpers import assert_refused
from transformer import Transformer
from transformer.teaching import raises
from transformer.teaching.trace import trace


class SmallerError(ValueError):
    pass


def provoke(kind: type[BaseException], fragment: str, error: BaseException | None) -> None:
    with raises(kind, fragment):
        if error:
            raise error


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Stand in for a running notebook, and collect what is published there."""
    shell = SimpleNamespace(display_pub=CapturingDisplayPublisher())  # type: ignore[no-untyped-call]
    monkeypatch.setattr(InteractiveShell, "initialized", lambda: True)
    monkeypatch.setattr(InteractiveShell, "instance", lambda: shell)
    outputs: list[dict[str, Any]] = shell.display_pub.outputs
    return outputs


def assert_shown(shown: list[dict[str, Any]], kind: str, message: str, html: str, origin: str) -> None:
    assert shown == [
        {
            "data": {"text/plain": f"{kind}: {message}", "text/html": f'<pre class="provoked">{kind}: {html}</pre>'},
            "metadata": {"provoked": {"origin": origin, "kind": kind, "message": message}},
            "transient": None,
            "update": False,
        }
    ]


@pytest.mark.bad_input
def test_an_error_raised_in_this_package_says_so(shown: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]) -> None:
    with raises(TypeError, "must be a TransformerConfig"):
        Transformer(None)  # type: ignore[arg-type]
    message = "config must be a TransformerConfig, got NoneType"
    assert_shown(shown, "TypeError", message, message, "this package")
    assert capsys.readouterr().out == ""


def test_an_error_raised_outside_says_so_and_is_escaped(shown: list[dict[str, Any]]) -> None:
    with raises(ValueError, "invalid literal"):
        int("<3>")
    start = "invalid literal for int() with base 10: "
    assert_shown(shown, "ValueError", f"{start}'<3>'", f"{start}&#x27;&lt;3&gt;&#x27;", "torch or Python")


@pytest.mark.bad_input
def test_the_innermost_frame_counts_even_if_this_package_called_it(shown: list[dict[str, Any]]) -> None:
    with raises(TypeError, "positional arguments"):
        trace(nn.Linear(6, 6), torch.ones(1), torch.ones(1))  # type: ignore[arg-type]
    assert shown[0]["metadata"]["provoked"]["origin"] == "torch or Python"


def test_without_a_notebook_the_message_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    provoke(ValueError, "< 3", ValueError("2 < 3"))
    assert capsys.readouterr().out == "ValueError: 2 < 3\n"


def test_without_ipython_the_message_is_printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", None)
    provoke(ValueError, "< 3", ValueError("2 < 3"))
    assert capsys.readouterr().out == "ValueError: 2 < 3\n"


@pytest.mark.parametrize(
    ("error", "got"),
    [
        (ValueError("four"), "got ValueError: four"),
        (SmallerError("three"), "got SmallerError: three"),
        (KeyboardInterrupt("three"), "got KeyboardInterrupt: three"),
        (None, "but nothing was raised"),
    ],
    ids=["other words", "subclass", "not an Exception", "nothing"],
)
def test_anything_but_the_expected_error_fails(error: BaseException | None, got: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert_refused(lambda: provoke(ValueError, "three", error), AssertionError, f"expected ValueError with 'three', {got}")
    assert capsys.readouterr().out == ""


def test_the_failure_keeps_the_error_that_was_raised_instead() -> None:
    error = KeyError("three")
    with pytest.raises(AssertionError) as caught:
        provoke(ValueError, "three", error)
    assert caught.value.__cause__ is error
