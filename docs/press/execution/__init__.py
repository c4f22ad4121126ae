"""How a page runs: in a process of its own, clean, forked from one that has imported torch, the longest first.

Stock kernels each start Python, import torch and are waited for when they stop. Here one server does that once a build, and
forks. Every page still gets a process of its own. Where the system cannot fork, pages run in stock kernels; the results are the
same.
"""

import logging
import re

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.util.logging import NAMESPACE
from sphinx.util.typing import ExtensionMetadata

NOTICE = re.compile("Execut(ing|ed) notebook")
PARTS = ("clean", "kernels", "order", "streams")


def tell(app: Sphinx, doctree: nodes.document) -> None:
    """Say at once that a page has run, and how long it took: what Sphinx logs in a process of its own comes late."""
    ran = NbMetadataCollector.get_exec_data(app.env, app.env.docname)
    if ran and not app.quiet:
        print(f"ran {app.env.docname} in {ran['runtime']:.1f} s", flush=True)


def say_it_once(app: Sphinx) -> None:
    """Leave out MyST-NB's own two lines a page, which come late."""
    for handler in logging.getLogger(NAMESPACE).handlers:
        handler.addFilter(lambda record: not (record.levelno == logging.INFO and NOTICE.search(record.getMessage())))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Load the parts; tell when a page has run."""
    for part in PARTS:
        app.setup_extension(f"press.execution.{part}")
    app.connect("builder-inited", say_it_once)
    app.connect("doctree-read", tell)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
