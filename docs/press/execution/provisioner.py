"""How jupyter_client gets a page's kernel: forked by the build's server, where the system can fork."""

import asyncio
import json
import os
import signal
import socket
import time
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

ADDRESS = "BOOK_KERNEL_SERVER"  # the variable that holds the server's address; Sphinx's processes inherit it
PATIENCE = 60.0  # seconds until the server must have imported torch


class ForkedProcess:
    """A kernel that the server forked, with the face of ``subprocess.Popen`` as far as jupyter_client looks at it."""

    stdin = stdout = stderr = None

    def __init__(self, arguments: list[str], variables: dict[str, str], folder: str | None) -> None:
        self.returncode: int | None = None
        self._server = _connect(os.environ[ADDRESS])
        wanted = {"arguments": arguments, "variables": variables, "folder": folder}
        self._server.sendall(f"{json.dumps(wanted)}\n".encode())
        self._answers = self._server.makefile()
        self.pid = int(self._answers.readline())
        self._server.setblocking(False)

    def poll(self) -> int | None:
        """Return the exit code, or None while the kernel lives."""
        if self.returncode is None:
            try:
                said = self._server.recv(64)
            except BlockingIOError:
                return None
            self.returncode = int(said) if said else -signal.SIGKILL
            self._answers.close()
            self._server.close()
        return self.returncode

    def wait(self) -> int:
        """Wait for the kernel's end."""
        while (code := self.poll()) is None:
            time.sleep(0.005)
        return code

    def send_signal(self, signum: int) -> None:
        """Send the kernel a signal."""
        os.kill(self.pid, signum)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)


class PromptClient(AsyncKernelClient):
    """A client that knows when its kernel is ready, where the stock one waits for a while of silence."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Ask until the kernel has answered, and its output reaches us."""
        until = time.monotonic() + (timeout or PATIENCE)
        while time.monotonic() < until:
            asked = self.kernel_info()
            try:
                while (await self.get_shell_msg(timeout=1))["parent_header"].get("msg_id") != asked:
                    pass
                while not _ends(await self.get_iopub_msg(timeout=0.05), asked):
                    pass
            except Empty:
                continue
            return
        raise RuntimeError(f"the kernel did not answer within {timeout or PATIENCE} seconds")


def _ends(message: dict[str, Any], asked: str) -> bool:
    """Say whether this is the last that a kernel says about a request."""
    return bool(message["parent_header"].get("msg_id") == asked and message["content"].get("execution_state") == "idle")


class ForkProvisioner(LocalProvisioner):
    """Fork each kernel, and speak with it through files instead of TCP ports."""

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose client and transport, before the connection file is written."""
        assert self.parent is not None
        self.parent.client_class = f"{__name__}.PromptClient"
        self.parent.transport = "ipc"
        self.parent.ip = f"{os.environ[ADDRESS]}-{self.kernel_id}"
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Ask the server for a kernel with the arguments of this command."""
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        process = ForkedProcess(arguments, kwargs["env"], kwargs.get("cwd"))
        self.process = process  # type: ignore[assignment] # declared as Popen, of which it has the face
        self.pid = self.pgid = process.pid
        return self.connection_info

    async def shutdown_requested(self, restart: bool = False) -> None:
        """End the kernel at once: a page leaves nothing behind that is worth waiting for."""
        await self.kill()
        while await self.poll() is None:
            await asyncio.sleep(0.005)


def _connect(address: str) -> socket.socket:
    until = time.monotonic() + PATIENCE
    while True:
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(address)
        except (ConnectionRefusedError, FileNotFoundError):
            server.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return server
