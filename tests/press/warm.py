"""Warm processes for little books: one that has imported Sphinx, from which builds are forked, and one server of kernels."""

import atexit
import os
import sys
from collections.abc import Sequence
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path

from press.execution.kernels import Server
from press.execution.provisioner import ADDRESS

IMPORTED = [
    "pytest",
    "sphinx.cmd.build",
    "sphinx.builders.html",
    "sphinx.builders.text",
    "myst_nb.sphinx_",
    "sphinx_markdown_builder",
    "press.downloads",
    "press.site",
]

kernels = cache(Server)
"""The server of kernels for all books of this process of the tests; it ends with it."""


@cache
def _context() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload(IMPORTED)
    return context


def build(arguments: Sequence[str], log: Path) -> tuple[int, str]:
    """Run Sphinx in a process of its own, which has imported it before.

    Args:
        arguments: What follows ``python -m sphinx``.
        log: The file that gets what it prints.

    Returns:
        The exit code, and what it printed.
    """
    process = _context().Process(target=_run, args=(list(arguments), log, {**os.environ, ADDRESS: kernels().address}))
    process.start()
    process.join()
    assert process.exitcode is not None, "it was waited for"
    return process.exitcode, log.read_text(encoding="utf-8")


def _run(arguments: list[str], log: Path, variables: dict[str, str]) -> None:
    from sphinx.cmd.build import main

    os.environ.clear()
    os.environ.update(variables)
    with log.open("w", encoding="utf-8") as printed:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(printed.fileno(), stream.fileno())
    sys.argv = ["sphinx", *arguments]
    try:
        sys.exit(main(arguments))
    finally:
        atexit._run_exitfuncs()  # a forked process leaves without them
