"""The server that forks the pages' kernels: it has imported torch and the kernel once, and nothing of this project.

A client connects for each kernel, sends how to start it as one line of JSON, and reads the process id as another. The server
writes the exit code when the kernel ends. If the client goes away first, its kernel is killed; if the build goes away, all are.
"""

import contextlib
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from importlib import import_module
from importlib.util import find_spec

PRELOADED = ("torch.testing", "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.debugger", "IPython.core.completerlib")


def main(address: str) -> None:
    """Serve until the build, which holds the other end of our standard input, goes away."""
    sys.path.pop(0)  # this file's folder, which no page may import from
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    preload()
    listener.listen(128)
    wake_up, woken = socket.socketpair()
    wake_up.setblocking(False)
    signal.set_wakeup_fd(wake_up.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    clients: dict[int, socket.socket] = {}  # of each kernel that lives
    with selectors.DefaultSelector() as selector:
        for watched in (listener, woken, sys.stdin):
            selector.register(watched, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is sys.stdin:
                    return stop(clients)
                if key.fileobj is woken:
                    woken.recv(4096)
                    report_ended(clients, selector)
                elif key.fileobj is listener:
                    client, _ = listener.accept()
                    pid = start(client, [listener, wake_up, woken, *clients.values()])
                    clients[pid] = client
                    selector.register(client, selectors.EVENT_READ, pid)
                else:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(key.data, signal.SIGKILL)
                    selector.unregister(key.fileobj)


def preload() -> None:
    """Import what every page needs and none may change."""
    for module in PRELOADED:
        import_module(module)


def start(client: socket.socket, open_sockets: list[socket.socket]) -> int:
    """Fork a kernel as the client asks; tell it the process id."""
    with client.makefile() as request:
        wanted = json.loads(request.readline())
    pid = os.fork()
    if pid:
        client.sendall(f"{pid}\n".encode())
        return pid
    try:
        for inherited in (client, *open_sockets):
            inherited.close()
        run_kernel(**wanted)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def run_kernel(arguments: list[str], variables: dict[str, str], folder: str | None) -> None:
    """Become the kernel."""
    from ipykernel.kernelapp import IPKernelApp

    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(variables)
    if folder:
        os.chdir(folder)
    launcher = find_spec("ipykernel_launcher")
    sys.argv = [launcher.origin if launcher and launcher.origin else "", *arguments]
    IPKernelApp.launch_instance([*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])  # so that it ends with the server
    os._exit(0)


def report_ended(clients: dict[int, socket.socket], selector: selectors.BaseSelector) -> None:
    """Tell each client whose kernel has ended how it ended."""
    while clients:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        client = clients.pop(pid)
        with contextlib.suppress(KeyError):
            selector.unregister(client)
        with contextlib.suppress(OSError):
            client.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
        client.close()


def stop(clients: dict[int, socket.socket]) -> None:
    """End every kernel that is left."""
    for pid in clients:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1])
