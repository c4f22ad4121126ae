"""A trained poet: a form in, poems out."""

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from transformer.checks import check_positive_int
from transformer.poems.forms import FIRST_FORM, FORMS, SPECIAL, Characters, Form, Poem
from transformer.poems.int8_file import load_int8
from transformer.poems.model import make_poet
from transformer.today.families import Sizes
from transformer.today.model import LanguageModel
from transformer.today.sampling import generate, sampled
from transformer.today.score_rules import ScoreRule, temperature, top_p
from transformer.training.weights import read_notes

PRETRAINED = Path(__file__).with_name("pretrained") / "poet.safetensors"


class Poet:
    """Write poems.

    Args:
        model: The trained model.
        characters: What its ids stand for.

    Example:
        >>> [poem] = Poet.load(PRETRAINED).write(Form(4, 5), opening="春夏秋冬", heat=0.8, nucleus=0.9)
        >>> [line[0] for line in poem], [len(line) for line in poem]
        (['春', '夏', '秋', '冬'], [5, 5, 5, 5])
    """

    def __init__(self, model: LanguageModel, characters: Characters) -> None:
        self.model = model.eval()
        self.characters = characters

    @classmethod
    def load(cls, path: Path) -> "Poet":
        """Read the ``poet.safetensors`` that ``python -m transformer train-poet`` wrote, or the ``model.safetensors`` beside it.

        Args:
            path: The file.

        Returns:
            The poet, in float32 on the CPU.

        Raises:
            OSError: The file is not there, is a folder or may not be read.
            ValueError: The file is damaged, or was not written by such a run.
        """
        notes = read_notes(path)
        try:
            sizes, characters = Sizes(**json.loads(notes["config"])), Characters(notes["characters"])
            if sizes.vocab_size != len(characters):
                raise ValueError(f"vocab_size {sizes.vocab_size} is not that of {len(characters)} characters")
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise ValueError(f"{path} must tell a poet's config and characters, got {sorted(notes)} ({error})") from error
        model = make_poet(sizes)
        load_int8(path, model)
        return cls(model, characters)

    def write(
        self, form: Form, count: int = 1, *, opening: str = "", heat: float = 1.0, nucleus: float = 1.0, seed: int = 0
    ) -> list[Poem]:
        """Write poems of a form; the same arguments make the same poems, on the same machine.

        Args:
            form: One of ``FORMS``.
            count: How many.
            opening: The first character of each line: an acrostic. Empty leaves them to the poet.
            heat: The temperature: what scores are divided by.
            nucleus: Only the likeliest characters that have this probability together are drawn.
            seed: Decides the draws.

        Returns:
            Poems in the traditional script, without punctuation.

        Raises:
            TypeError: A number has the wrong type.
            ValueError: A number is out of range, or the opening has an unknown character or not as many as there are lines.
        """
        check_positive_int("count", count)
        if form not in FORMS:
            raise ValueError(f"form must be one of {', '.join(map(str, FORMS))}, got {form}")
        if opening and len(opening) != form.lines:
            raise ValueError(f"opening must have {form.lines} characters, one for each line, got {len(opening)}: {opening!r}")
        for character in opening:
            if character not in self.characters:
                raise ValueError(f"opening must have characters that the poet knows, got {character!r}")
        rules = [_characters_only, temperature(heat)]
        if nucleus != 1:  # it would sort all characters to drop none
            rules.append(top_p(nucleus))
        if opening:
            rules.append(_opened([self.characters.id_of(character) for character in opening], form))
        prompt = torch.full((count, 1), FIRST_FORM + FORMS.index(form))
        choose = sampled(torch.Generator().manual_seed(seed))
        found = generate(self.model, prompt, *rules, max_new_tokens=form.length, choose=choose)
        return [self.characters.decode(ids) for ids in torch.cat([prompt, found], dim=1).tolist()]

    @torch.no_grad()
    def nats(self, poems: Sequence[Poem], *, batch_size: int = 64) -> Tensor:
        """Measure how surprising poems are, their forms given.

        Args:
            poems: Poems of the four forms, in any order.
            batch_size: How many of one form are read at once.

        Returns:
            The sum of -ln p over each poem's characters, (poems,), in float64; an unknown character counts as one more character.
        """
        found = torch.zeros(len(poems), dtype=torch.float64)
        encoded = [self.characters.encode(poem) for poem in poems]
        for length in sorted({len(ids) for ids in encoded}):
            rows = [row for row, ids in enumerate(encoded) if len(ids) == length]
            for some in torch.tensor(rows).split(batch_size):  # type: ignore[no-untyped-call]
                tokens = torch.tensor([encoded[row] for row in some.tolist()])
                chances = self.model(tokens[:, :-1]).log_softmax(-1)
                found[some] = -chances.gather(-1, tokens[:, 1:, None]).double().sum(dim=(1, 2))
        return found


def _characters_only(scores: Tensor, tokens: Tensor) -> Tensor:  # noqa: ARG001 - what stands in the slot of a rule gets both
    """Let no form, padding or unknown character be drawn."""
    return scores.index_fill(-1, torch.arange(SPECIAL, device=scores.device), -torch.inf)


def _opened(ids: Sequence[int], form: Form) -> ScoreRule:
    """Let nothing but the wanted character stand at the beginning of a line."""

    def rule(scores: Tensor, tokens: Tensor) -> Tensor:
        line, place = divmod(tokens.shape[1] - 1, form.width)
        if place:
            return scores
        return torch.full_like(scores, -torch.inf).index_fill(-1, torch.tensor(ids[line], device=scores.device), 0.0)

    return rule
