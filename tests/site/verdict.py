"""How a test tells what a check found."""

import pytest


def clean(faults: list[str]) -> None:
    """Fail if there are faults, with a line for each."""
    __tracebackhide__ = True
    if faults:
        pytest.fail("\n".join([f"{len(faults)} faults", *sorted(set(faults))]), pytrace=False)
