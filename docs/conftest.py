"""Every code cell of every page is a test: the pages' cells run here in one process, without kernels."""

from collections.abc import Generator

import jaxtyping
import pytest
from sybil import Example, Sybil
from sybil.parsers.myst import PythonCodeBlockParser


class Pages(Sybil):
    """Name each test by its line and, where it is evidence, by the claim that it decides."""

    def identify(self, example: Example) -> str:
        """Return a cell's name in pytest's reports."""
        claim = example.region.lexemes["options"].get("claim", "cell")
        return f"{claim}:{example.line}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None]:
    """Run a cell as the build and a reader run it: without the checks of shapes that the tests of the package have."""
    jaxtyping.config.update("jaxtyping_disable", True)
    try:
        return (yield)
    finally:
        jaxtyping.config.update("jaxtyping_disable", False)


pytest_collect_file = Pages(parsers=[PythonCodeBlockParser()], patterns=["*.md"]).pytest()
