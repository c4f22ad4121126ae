"""Build the book in another folder, with the recipe of ``make html`` and this environment."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


def copy_sources(root: Path, folder: Path) -> None:
    """Copy every file of the project that git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git of the path
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (root / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, target)


def make_html(folder: Path, jobs: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the recipe of ``make html`` on the sources in a folder; its package goes before the one that is installed."""
    settings = {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1", **variables}
    command = ["make", "site", f"BIN={Path(sys.executable).parent}", "CLEAN=", *([f"JOBS={jobs}"] if jobs else [])]
    environment = {**os.environ, **settings, "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
