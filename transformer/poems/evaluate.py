"""The figures of a poet on poems that it has not seen, beside those of models that count, and a record of them."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from transformer.poems.baselines import compressed_bits, counted_poems, shuffled_lines
from transformer.poems.corpus import Corpus
from transformer.poems.forms import FORMS, Form, Poem, form_of
from transformer.poems.ngram import KneserNey
from transformer.poems.poet import Poet
from transformer.poems.rules import judge, read_sounds
from transformer.training.files import write_whole
from transformer.training.weights import load_weights

ORDERS = (2, 3, 4, 5)
WRITES = 3  # the order of the n-gram model whose poems are judged
CURVE_POEMS = 300  # written for each point of the curve, evenly from the forms of the test part
SAME = 1e-3  # of a perplexity: another CPU rounds differently


@dataclass(frozen=True)
class PoetEvaluation:
    """Figures, with all that they depend on.

    Args:
        weights: SHA-256 of the poet's file.
        archive: SHA-256 of the archive of the poems.
        seed: Decides what is drawn.
        characters: Characters of the test part, on which each perplexity is measured.
        perplexity: By the name of a model.
        by_form: The poet's, by form.
        rules: What poems keep, by who made them.
        curve: The poet along its training: step, perplexity on the dev part, rules.
    """

    weights: str
    archive: str
    seed: int
    characters: int
    perplexity: dict[str, float]
    by_form: dict[str, float]
    rules: dict[str, dict[str, Any]]
    curve: list[dict[str, Any]]

    def save(self, path: Path) -> None:
        """Write the record, whole or not at all."""
        write_whole(path, (json.dumps(asdict(self), indent=1) + "\n").encode())

    @classmethod
    def load(cls, path: Path) -> "PoetEvaluation":
        """Read a record.

        Raises:
            OSError: The file is not there, is a folder or may not be read.
            ValueError: The file is no such record.
        """
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8-sig")))
        except (ValueError, TypeError, RecursionError) as error:
            raise ValueError(f"{path} is no record of a poet's evaluation ({error})") from error

    def check(self, path: Path) -> None:
        """Refuse a record that says something else of the test part.

        Raises:
            OSError: The file is not there, is a folder or may not be read.
            ValueError: The record is of other weights, data or seed, or a perplexity differs by more than a thousandth.
        """
        recorded = PoetEvaluation.load(path)
        for name in ("weights", "archive", "seed", "characters"):
            theirs, ours = getattr(recorded, name), getattr(self, name)
            if theirs != ours:
                raise ValueError(f"{path} was made with {name} = {theirs}, and this run with {ours}")
        for name, ours in self.perplexity.items():
            theirs = recorded.perplexity.get(name, math.nan)
            if not abs(theirs / ours - 1) < SAME:
                raise ValueError(f"{path} says that the perplexity of {name} is {theirs}, and this run says {ours}")

    def __str__(self) -> str:
        """Draw two tables that fit on a phone."""
        lines = [f"{'model':16}{'perplexity':>12}{'bits':>8}"]
        lines += [f"{name:16}{value:12,.1f}{math.log2(value):8.2f}" for name, value in self.perplexity.items()]
        lines += [f"{f'poet, {name}':16}{value:12,.1f}{math.log2(value):8.2f}" for name, value in self.by_form.items()]
        lines += ["", f"{'poems by':12}{'rhyme':>8}{'tones':>8}{'couplets':>10}"]
        for name, rules in self.rules.items():
            rhyme, tones, couplets = (100 * share["kept"] / max(1, share["judged"]) for share in rules.values())
            lines.append(f"{name:12}{rhyme:8.1f}{tones:8.1f}{couplets:10.1f}")
        return "\n".join(lines)


def evaluate_poet(poet: Poet, corpus: Corpus, seed: int) -> dict[str, Any]:
    """Measure a poet on the test part, and count what it and others keep of the rules.

    Args:
        poet: The poet.
        corpus: The poems; ``train`` is what the counting models count.
        seed: Decides what is drawn.

    Returns:
        ``characters``, ``perplexity``, ``by_form`` and ``rules`` of a ``PoetEvaluation``.

    Raises:
        FileNotFoundError: The rhyme dictionary is not installed.
        ValueError: pyppmd is not installed, or the test part is empty.
    """
    test = corpus.test
    if not test:
        raise ValueError("the test part must hold at least one poem, got none")
    nats = poet.nats(test).tolist()
    sizes = [len("".join(poem)) for poem in test]
    by_form: dict[str, float] = {}
    for form in FORMS:
        rows = [row for row, poem in enumerate(test) if form_of(poem) == form]
        if rows:
            by_form[str(form)] = math.exp(sum(nats[row] for row in rows) / sum(sizes[row] for row in rows))
    perplexity = {"poet": math.exp(sum(nats) / sum(sizes))}
    rules = {"people": list(test), "the poet": poems_like(test, poet, seed), "shuffling": shuffled_lines(test, seed)}
    for order in ORDERS:
        counted = KneserNey(corpus.train, poet.characters, order)
        perplexity[f"Kneser-Ney {order}"] = math.exp(counted.nats(test).mean())
        if order == WRITES:
            rules[f"{order}-grams"] = counted_poems(counted, test, seed)
    perplexity["PPMd"] = 2 ** compressed_bits(corpus.train, test, poet.characters)
    sounds = read_sounds()
    judged = {name: asdict(judge(poems, sounds)) for name, poems in rules.items()}
    return {"characters": sum(sizes), "perplexity": perplexity, "by_form": by_form, "rules": judged}


def follow_training(poet: Poet, weights: Iterable[Path], corpus: Corpus, seed: int) -> list[dict[str, Any]]:
    """Measure what a poet could do at each step whose weights were kept.

    Args:
        poet: Its vocabulary and sizes; its weights are others afterwards.
        weights: Files ``step-*.safetensors`` of the run.
        corpus: The dev part gives the perplexity, the test part the forms that are written.
        seed: Decides what is drawn.

    Returns:
        Step, perplexity and rules, in the order of the steps.

    Raises:
        OSError: A file is not there, or may not be read.
        ValueError: A file is damaged, or of another model; or its name has no step.
    """
    forms, sounds, curve = corpus.test[:: max(1, len(corpus.test) // CURVE_POEMS)], read_sounds(), []
    size = sum(len(line) for poem in corpus.dev for line in poem)
    for path in sorted(weights):
        load_weights(path, poet.model)
        rules = asdict(judge(poems_like(forms, poet, seed), sounds))
        perplexity = math.exp(float(poet.nats(corpus.dev).sum()) / size)
        curve.append({"step": int(path.stem.removeprefix("step-")), "perplexity": perplexity, **rules})
    return curve


def poems_like(poems: Sequence[Poem], poet: Poet, seed: int) -> list[Poem]:
    """Let a poet write as many poems of each form as there are, as it would by itself: at temperature 1, from all characters."""
    found: list[Poem] = []
    counts: dict[Form, int] = {form: sum(form_of(poem) == form for poem in poems) for form in FORMS}
    for form, count in counts.items():
        if count:
            found += poet.write(form, count, seed=seed)
    return found
