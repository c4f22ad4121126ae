"""``make reproducible``: build the book twice under different circumstances, and compare every byte.

What differs: the folder (one has a space and Chinese letters in its name), time zone, locale, number of processes, hash seed, and
the times of the sources.
"""

import hashlib
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from press.audit.copies import copy_sources, make_html

CIRCUMSTANCES = {
    "one": {"jobs": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"},
    "另一个 two": {"jobs": "2", "TZ": "Pacific/Kiritimati", "LC_ALL": "POSIX", "LANGUAGE": "zh_CN", "PYTHONHASHSEED": "4242"},
}


def digests(site: Path) -> dict[str, str]:
    """Return the sha256 of every file of a site."""
    files = sorted(path for path in site.rglob("*") if path.is_file())
    return {path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def main() -> int:
    """Build under each of the circumstances, and name the files that differ."""
    sites = []
    with TemporaryDirectory(prefix="reproducible-") as parent:
        for name, circumstances in CIRCUMSTANCES.items():
            folder = Path(parent, name)
            copy_sources(Path.cwd(), folder)
            built = make_html(folder, **circumstances)
            if built.returncode:
                print(built.stdout, built.stderr)
                return built.returncode
            found = digests(folder / "_build" / "html")
            whole = hashlib.sha256("\n".join(f"{digest}  {file}" for file, digest in found.items()).encode()).hexdigest()
            print(f"{whole}  {len(found)} files, in a folder named {name!r}, {circumstances}", flush=True)
            sites.append(found)
    first, second = sites
    different = sorted(file for file in first.keys() | second.keys() if first.get(file) != second.get(file))
    for file in different:
        print(f"differs: {file}")
    return 1 if different or not first else 0


if __name__ == "__main__":
    sys.exit(main())
