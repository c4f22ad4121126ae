"""The records of ``make other-torch``: how every claim's evidence went under other versions of torch, and on other devices.

A record is a file in ``claims_versions``. The ledger shows one column for each. A claim whose evidence fell under a version, or
on a device, must say so in its sentence; the build asks for it.
"""

import json
from dataclasses import dataclass
from pathlib import Path

CPU = "cpu"


@dataclass(frozen=True)
class PageRun:
    """One page under one torch: the digest of what ran, and the first error of each claim, empty where the evidence stood."""

    sources: str
    claims: dict[str, str]


@dataclass(frozen=True)
class VersionRun:
    """Every page under one torch; ``device`` is where its tensors were made."""

    torch: str
    python: str
    recorded: str
    pages: dict[str, PageRun]
    device: str = CPU

    @property
    def name(self) -> str:
        """The version, and the device if it is another than the CPU."""
        return self.torch if self.device == CPU else f"{self.torch} {self.device}"

    def is_said(self, statement: str) -> bool:
        """Say whether a sentence names what is special about this run: the torch, or on which device it holds."""
        names = [f"torch {self.release}"] if self.device == CPU else [self.device.upper(), "CPU", "GPU"]
        return any(name in statement for name in names)

    @property
    def release(self) -> str:
        """The version as a sentence names it: major and minor."""
        return ".".join(self.torch.split(".")[:2])

    def error(self, page: str, sources: str, claim: str) -> str | None:
        """Return the claim's error, empty if it stood; None if it was not run, or from other sources than these."""
        found = self.pages.get(page)
        return found.claims.get(claim) if found is not None and found.sources == sources else None


def read_versions(folder: Path) -> list[VersionRun]:
    """Read the records, the oldest torch first."""
    found = []
    for path in folder.glob("*.json"):
        data = json.loads(path.read_text(encoding="utf-8"))
        pages = {page: PageRun(**run) for page, run in data.pop("pages").items()}
        found.append(VersionRun(**data, pages=pages))
    return sorted(found, key=lambda run: ([int(part) for part in run.torch.split(".")], run.device))
