"""The tests, and the typechecker of the typed run, which must be found in this place."""

from collections.abc import Callable
from typing import Any, runtime_checkable

from beartype import BeartypeConf, beartype
from typing_extensions import is_protocol

_checked = beartype(conf=BeartypeConf(is_pep484_tower=True))  # as for mypy, an int will do where a float is asked for


def typechecker(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let beartype check a function; where it takes a protocol, the argument must have the protocol's members."""
    for hint in getattr(function, "__annotations__", {}).values():
        if is_protocol(hint):
            runtime_checkable(hint)
    checked: Callable[..., Any] = _checked(function)
    return checked
