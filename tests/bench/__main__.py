"""``python -m bench``: measure, print and record; ``python -m bench --profile``: print where the package's own time goes."""

import sys
from pathlib import Path

import torch

from . import report, task
from .measure import check_floor, measure
from .ours import Ours
from .peers import PEERS
from .shares import profiles

REPORT = Path("docs/reference/_bench.md")
PROFILE = Path("docs/reference/_bench-profile.txt")


def main() -> int:
    """Measure, print and record."""
    torch.set_num_threads(task.THREADS)
    torch.manual_seed(0)
    if sys.argv[1:] == ["--profile"]:
        print(profiles())
        return 0
    systems = (Ours, *PEERS)
    parameters = {system.name: system().parameters for system in systems}
    report.check_parameters(parameters)
    check_floor()
    fragment = report.fragment(*measure(systems), systems, parameters)
    REPORT.write_text(fragment, encoding="utf-8")
    PROFILE.write_text(profiles() + "\n", encoding="utf-8")
    print(fragment)
    return 0


if __name__ == "__main__":
    sys.exit(main())
