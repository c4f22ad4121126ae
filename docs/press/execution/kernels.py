"""One server of kernels for a build: started early, stopped at the end, and the way by which jupyter_client finds it."""

import atexit
import os
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from tempfile import TemporaryDirectory

from jupyter_client.provisioning.factory import KernelProvisionerFactory
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.typing import ExtensionMetadata

from press.execution.provisioner import ADDRESS

NAME = "fork-provisioner"


class Server:
    """A server of kernels at an address; it ends when it is stopped, or with this process."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="kernels-")
        self.address = str(Path(self._folder.name, "s"))
        # The option is the stock kernel's: its debugger warns without it.
        command = [sys.executable, "-Xfrozen_modules=off", str(Path(__file__).with_name("server.py")), self.address]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own server
        atexit.register(self.stop)

    def stop(self, *_: object) -> None:
        """End it, and every kernel that it has forked; a second time does nothing."""
        if self._process.returncode is None:
            self._process.communicate()
            self._folder.cleanup()


def use_server(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Let kernels come from a server, if any page is to be read: one that is there already, or one of this build's own."""
    if not docnames or not hasattr(os, "fork"):
        return
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[NAME] = EntryPoint(NAME, "press.execution.provisioner:ForkProvisioner", factory.GROUP_NAME)
    factory.default_provisioner_name = NAME
    if ADDRESS not in os.environ:
        server = Server()
        os.environ[ADDRESS] = server.address  # Sphinx's own processes inherit it
        app.connect("build-finished", server.stop)


def use_early(app: Sphinx) -> None:
    """Start it at once if every page will be read, so that it imports torch while Sphinx is still looking around."""
    if app.fresh_env_used:
        use_server(app, app.env, sorted(app.project.docnames))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Start the server before the first page is read."""
    app.connect("env-before-read-docs", use_server)
    app.connect("builder-inited", use_early)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
