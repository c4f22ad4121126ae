"""The process in which a page runs: this Python, with assertions on, nobody's start-up files and no stale bytecode."""

import atexit
import os
import sys
from importlib.util import cache_from_source
from pathlib import Path
from tempfile import TemporaryDirectory

from jupyter_client.kernelspec import KernelSpecManager
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError
from sphinx.util.typing import ExtensionMetadata

OWN_PYTHON = {"python", "python3", sys.executable}  # jupyter_client starts this interpreter for all three


def check_environment(app: Sphinx, config: Config) -> None:
    """Refuse an environment in which a failing claim could pass."""
    if not __debug__ or os.environ.get("PYTHONOPTIMIZE"):
        raise ConfigError("claims: Python runs without assertions (-O or PYTHONOPTIMIZE): nothing would be checked")
    spec = KernelSpecManager().get_kernel_spec("python3")
    if spec.argv[0] not in OWN_PYTHON or spec.env:
        raise ConfigError(
            f"claims: the kernel must be {sys.executable} with no variables of its own, got {spec.argv[0]} {spec.env}"
        )


def clean_start(app: Sphinx) -> None:
    """Keep the user's IPython start-up files and stale bytecode of the checked sources out of the pages' processes."""
    empty = TemporaryDirectory(prefix="claims-ipython-")
    atexit.register(empty.cleanup)
    os.environ["IPYTHONDIR"] = empty.name
    os.environ["CI"] = "true"  # Hypothesis then draws the same cases in each build, and keeps none
    for pattern in app.config.claims_sources:
        for source in Path(app.confdir).glob(pattern):
            if source.suffix == ".py":
                # Bytecode is trusted if size and time agree, which a change within one second can keep.
                Path(cache_from_source(str(source))).unlink(missing_ok=True)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Look at the environment before anything else, and clean up before the first page runs."""
    app.connect("config-inited", check_environment)
    app.connect("builder-inited", clean_start, priority=400)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
