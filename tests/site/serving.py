"""A server of static files on this machine, as a host of static pages is one: any folder, under any path."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any


class Handler(SimpleHTTPRequestHandler):
    """Serve a folder under a prefix; what lies outside of it does not exist."""

    def __init__(self, *args: Any, prefix: str, **kwargs: Any) -> None:
        self.prefix = prefix
        super().__init__(*args, **kwargs)

    def translate_path(self, path: str) -> str:
        """Take the prefix off; a path without it leads to no file."""
        return super().translate_path("/" + path.removeprefix(self.prefix) if path.startswith(self.prefix) else "/no-such-file")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: the browser tells what failed."""


@contextmanager
def served(folder: Path, prefix: str = "/") -> Iterator[str]:
    """Serve a folder while the block runs.

    Args:
        folder: what to serve.
        prefix: the path under which the folder appears; begins and ends with a slash.

    Returns:
        The address of the folder, which ends in a slash.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder), prefix=prefix))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
