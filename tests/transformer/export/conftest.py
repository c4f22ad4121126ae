from pathlib import Path

import pytest

from transformer.spelling.cmudict import installed_dictionary, read_dictionary, split_dictionary
from transformer.spelling.speller import PRETRAINED, Speller


@pytest.fixture(scope="package")
def speller() -> Speller:
    return Speller.load(PRETRAINED)


@pytest.fixture(scope="package")
def words(speller: Speller) -> list[str]:
    """Take 2,000 words that the model was not trained on, of all lengths."""
    unseen = split_dictionary(read_dictionary(installed_dictionary()))["test"]
    return [word for word in unseen if set(word) <= set(speller.letters.symbols)][:2000]


@pytest.fixture(scope="package")
def answers(speller: Speller, words: list[str]) -> dict[str, list[str]]:
    return {word: list(sound) for word, sound in zip(words, speller.say(words), strict=True)}


@pytest.fixture(scope="package")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports")
