"""What the evidence depends on: if any of it changes, every page is read, and so run, again."""

import hashlib
import importlib.metadata
import platform
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def current_digest(app: Sphinx) -> str:
    """Return the digest of the sources that conf.py names, of every installed distribution, and of this Python."""
    return digest_of_files(Path(app.confdir), tuple(app.config.claims_sources))


@cache
def digest_of_files(root: Path, patterns: tuple[str, ...]) -> str:
    """Return the digest of the files that match, of every installed distribution, and of this Python."""
    found = hashlib.sha256()
    for part in _parts(root, patterns):
        # The length in front keeps "ab" + "c" apart from "a" + "bc".
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.hexdigest()


def _parts(root: Path, patterns: tuple[str, ...]) -> Iterator[bytes]:
    files = sorted({file for pattern in patterns for file in root.glob(pattern) if file.is_file()})
    for file in files:
        yield file.relative_to(root).as_posix().encode()
        yield file.read_bytes()
    yield f"{sys.version} {platform.machine()}".encode()
    for name, version in sorted((dist.name, dist.version) for dist in importlib.metadata.distributions()):
        yield f"{name}=={version}".encode()


def outdated_pages(app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    """Name the pages whose evidence was made from other sources than today's."""
    domain = env.domains["claim"]
    digest = current_digest(app)
    known = env.found_docs - added - changed - removed
    return [page for page in sorted(known) if domain.data["digests"].get(page) != digest]
