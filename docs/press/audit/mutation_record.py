"""What ``make mutation`` records: how many small changes of the package were noticed, and by what."""

import json
import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Survivor:
    """A change that neither pages nor tests noticed; the reason says why nobody could, or is empty."""

    file: str
    diff: str
    reason: str = ""


@dataclass(frozen=True)
class Count:
    """One file's mutants: how many were made, how many the pages killed alone, how many the tests killed of the rest."""

    made: int
    pages: int
    tests: int


@dataclass(frozen=True)
class Sample:
    """Mutants that the pages killed, built with the real ``make html``."""

    seed: int
    built: int
    refused: int


@dataclass(frozen=True)
class MutationRun:
    """A whole run."""

    recorded: str
    versions: dict[str, str]
    minutes: int
    sources: str
    files: dict[str, Count]
    survivors: list[Survivor]
    sample: Sample | None = field(default=None)

    def write(self, path: Path) -> None:
        """Write the record."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_mutation(path: Path) -> MutationRun | None:
    """Read the record; None if there is none."""
    if not path.is_file():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    return MutationRun(
        **data
        | {
            "files": {file: Count(**count) for file, count in data["files"].items()},
            "survivors": [Survivor(**survivor) for survivor in data["survivors"]],
            "sample": Sample(**data["sample"]) if data["sample"] else None,
        }
    )


def read_equivalents(path: Path) -> dict[tuple[str, str], str]:
    """Read why some changes cannot be noticed: file and change, to the reason."""
    found = tomllib.loads(path.read_text(encoding="utf-8")).get("equivalent", []) if path.is_file() else []
    return {(entry["file"], plain(entry["diff"])): entry["reason"] for entry in found}


def plain(diff: str) -> str:
    """Return a diff's changed lines without their indentation, by which it is told from others."""
    lines = [line for line in diff.splitlines() if line[:1] in ("-", "+")]
    return "\n".join(f"{line[0]} {line[1:].strip()}" for line in lines)
