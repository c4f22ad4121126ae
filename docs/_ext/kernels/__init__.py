"""Kernels by fork: a page's process starts in a moment, because torch was imported before it was forked.

Stock kernels each start Python, import torch and are waited for when they stop. Here one server does that once a build, and
forks. Every page still gets a process of its own. Where the system cannot fork, pages run in stock kernels; the results are the
same.
"""

import atexit
import logging
import os
import re
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from tempfile import TemporaryDirectory

from docutils import nodes
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.logging import NAMESPACE
from sphinx.util.typing import ExtensionMetadata

from kernels.provisioner import ADDRESS

NAME = "fork-provisioner"
NOTICE = re.compile("Execut(ing|ed) notebook")


def start_server(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Start the server, if any page is to be read."""
    if not docnames or not hasattr(os, "fork") or ADDRESS in os.environ:
        return
    folder = TemporaryDirectory(prefix="kernels-")
    os.environ[ADDRESS] = str(Path(folder.name, "s"))
    # The option is the stock kernel's: its debugger warns without it.
    command = [sys.executable, "-Xfrozen_modules=off", str(Path(__file__).with_name("server.py")), os.environ[ADDRESS]]
    server = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own server

    def stop(*_: object) -> None:
        if os.environ.pop(ADDRESS, None):
            server.communicate()
            folder.cleanup()

    atexit.register(stop)
    app.connect("build-finished", stop)
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[NAME] = EntryPoint(NAME, "kernels.provisioner:ForkProvisioner", factory.GROUP_NAME)
    factory.default_provisioner_name = NAME


def start_early(app: Sphinx) -> None:
    """Start it at once if every page will be read, so that it imports torch while Sphinx is still looking around."""
    if app.fresh_env_used:
        start_server(app, app.env, sorted(app.project.docnames))


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
    """Start the server before the first page is read; tell when a page has run."""
    app.connect("env-before-read-docs", start_server)
    app.connect("builder-inited", start_early)
    app.connect("builder-inited", say_it_once)
    app.connect("doctree-read", tell)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
