"""The shipped poet, its settings, its test part and its log belong together."""

import json
import tomllib
from dataclasses import asdict

import pytest
import torch

from transformer.poems.forms import FORMS, Form, form_of
from transformer.poems.poem_file import TEST_PART, load_poems
from transformer.poems.poet import PRETRAINED, Poet
from transformer.poems.rules import judge, read_sounds
from transformer.poems.train import DEFAULTS
from transformer.training import read_log, read_notes


@pytest.fixture(scope="module")
def poet() -> Poet:
    return Poet.load(PRETRAINED)


def test_its_file_is_small_and_says_how_it_was_made() -> None:
    assert PRETRAINED.stat().st_size < 8_000_000
    notes = read_notes(PRETRAINED)
    settings = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
    assert json.loads(notes["config"]).items() | json.loads(notes["settings"]).items() >= settings.items()
    lines = read_log(PRETRAINED.with_name("log.jsonl"))
    assert lines[-1]["step"] == settings["steps"]
    assert sum(line["cpu_seconds"] for line in lines) < 90 * 60


def test_it_has_not_read_the_test_part_and_is_little_surprised(poet: Poet) -> None:
    poems = load_poems(TEST_PART)
    assert {form_of(poem) for poem in poems} == set(FORMS)
    assert len(set(poems)) == len(poems) == 2037
    some = poems[::20]
    perplexity = torch.exp(poet.nats(some).sum() / sum(len(line) for poem in some for line in poem))
    assert 150 < perplexity < 250  # of some only


def test_it_keeps_tones_as_people_do(poet: Poet) -> None:
    poems = poet.write(Form(4, 7), 60, heat=0.8, nucleus=0.9, seed=3)
    rules = judge(poems, read_sounds())
    assert rules.tones.percent > 85
    assert rules.couplets.percent > 85
    assert asdict(rules)["rhyme"]["judged"] > 40
