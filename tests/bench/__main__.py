"""``python -m bench``: measure and print, and write what a page shows; ``--profile``: print where the package's own time goes."""

import argparse
import sys
from pathlib import Path

import torch

from . import report, task
from .engines import ENGINES
from .measure import ROUNDS, check_floor, measure
from .ours import Ours
from .peers import PEERS
from .shares import profiles


def main() -> int:
    """Measure and print; write both fragments into a folder if one is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", action="store_true", help="print where the package's own time goes, and do nothing else")
    parser.add_argument("--small", action="store_true", help="two rounds")
    parser.add_argument("--into", type=Path, help="the folder for figures.md and profile.md")
    options = parser.parse_args()
    torch.set_num_threads(task.THREADS)
    torch.manual_seed(0)
    if options.profile:
        print(profiles())
        return 0
    systems = (Ours, *PEERS)
    parameters = {system.name: system().parameters for system in systems}
    report.check_parameters(parameters)
    check_floor()
    rounds = 2 if options.small else ROUNDS
    fragment = report.fragment(measure(systems, ENGINES, rounds), systems, parameters, rounds)
    print(fragment)
    if options.into:
        options.into.mkdir(parents=True, exist_ok=True)
        (options.into / "figures.md").write_text(fragment, encoding="utf-8")
        (options.into / "profile.md").write_text(f"```text\n{profiles()}\n```\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
