"""``make breaks``: run the trials of which there is no valid record, and see each claim's evidence fall or stand.

A break makes the evidence fall; a variation, and other seeds, leave it standing. Each runs in a process of its own, with the
cells that the page's evidence needs, in order. A break is made in a copy of the package. The evidence must fall with an error of
its own, not with a name that an earlier cell failed to define. The same cells run unbroken first, and no evidence may fall: so
they are all that it needs.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterable, Mapping, Set
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

from press.audit.trials import Trial, fell, stood, trials_of_book
from press.claims.breaks import Break, read_record
from press.claims.variations import Stood, Variation, read_stood

RECORD = Path("docs/press/audit/records/breaks.json")


def main() -> int:
    """Run the trials, print what survived or fell, and record the rest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", default="", help="only pages with this in their path")
    parser.add_argument("--all", action="store_true", help="also the trials that have a valid record")
    parser.add_argument("--sample", type=int, default=0, help="only so many breaks, drawn with a fixed seed; nothing is recorded")
    parser.add_argument("--record", type=Path, default=RECORD, help="where breaks are recorded; variations.json stands beside it")
    options = parser.parse_args()
    everything = trials_of_book(Path.cwd())
    errors = {digest: error for found in read_record(options.record).values() for digest, error in found.items()}
    seen = read_stood(options.record.with_name("variations.json"))
    standing = {*seen.seeds.values(), *(digest for digests in seen.variations.values() for digest in digests)}
    chosen = [trial for trial in everything if options.page in trial.page.path]
    if options.sample:
        breaks = [trial for trial in chosen if isinstance(trial.change, Break)]
        trials = random.Random(0).sample(breaks, min(options.sample, len(breaks)))  # noqa: S311 - no secret
    else:
        known = errors.keys() | standing
        trials = [trial for trial in chosen if options.all or trial.digest not in known]
    fallen, stood_now = _run(trials, unbroken=not options.sample)
    failed = sum(trial.digest not in fallen.keys() | stood_now for trial in trials)
    if not options.sample:
        tried = {trial.digest for trial in trials}
        errors = {digest: error for digest, error in errors.items() if digest not in tried} | fallen
        _record(options.record, everything, errors, (standing - tried) | stood_now)
    valid = f", {len(chosen) - len(trials)} have a valid record" if not options.sample else ""
    print(f"{len(trials) - failed} passed, {failed} failed{valid}")
    return 1 if failed or not chosen else 0


def _run(trials: list[Trial], *, unbroken: bool) -> tuple[dict[str, str], set[str]]:
    """Return, by digest, the errors of the breaks with which evidence fell, and the other trials in which all stood."""
    breaks = [trial for trial in trials if isinstance(trial.change, Break)]
    others = [trial for trial in trials if not isinstance(trial.change, Break)]
    # A sample records nothing, so it takes the cells that are needed from the record's own run.
    plain = {trial.claim: trial.plain() for trial in breaks} if unbroken else {}
    context = get_context("forkserver")
    context.set_forkserver_preload(["torch", "press.audit.trials"])  # and nothing of the package: it may be a broken copy
    fallen = {}
    with ProcessPoolExecutor(max_workers=2, mp_context=context, max_tasks_per_child=1) as pool:
        spoiled = dict(zip(plain, map(_told, pool.map(stood, plain.values())), strict=True))
        for trial, (error, reason) in zip(breaks, pool.map(fell, breaks), strict=True):
            why = reason or ("it fell unbroken" if spoiled.get(trial.claim) else "")
            if why:
                print(f"{trial.where}: {why}", flush=True)
            else:
                fallen[trial.digest] = error
        lost = {trial.digest for trial, found in zip(others, map(_told, pool.map(stood, others)), strict=True) if found}
    return fallen, {trial.digest for trial in others} - lost


def _told(lines: Iterable[str]) -> bool:
    """Print what fell as soon as it is known, and say whether anything did."""
    found = list(lines)
    for line in found:
        print(line, flush=True)
    return bool(found)


def _record(path: Path, everything: Iterable[Trial], errors: Mapping[str, str], standing: Set[str]) -> None:
    """Write down which trials of the book went as they must."""
    breaks: dict[str, dict[str, str]] = {}
    seen = Stood()
    for trial in everything:
        match trial.change:
            case Break() if trial.digest in errors:
                breaks.setdefault(trial.claim, {})[trial.digest] = errors[trial.digest]
            case Variation() if trial.digest in standing:
                seen.variations.setdefault(trial.claim, []).append(trial.digest)
            case int() if trial.digest in standing:
                seen.seeds[trial.page.name] = trial.digest
    for file, found in ((path, breaks), (path.with_name("variations.json"), asdict(seen))):
        file.write_text(json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
