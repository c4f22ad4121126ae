"""The API page documents every public name."""

import re
from pathlib import Path

import pytest

import transformer
from transformer import today, training
from transformer.teaching import exercises
from transformer.today import families

API = Path(__file__).parents[2] / "docs" / "reference" / "api.md"


PUBLIC = {
    "": transformer,
    "training.": training,
    "today.": today,
    "today.families.": families,
    "teaching.exercises.": exercises,
}


@pytest.mark.parametrize("name", [f"{prefix}{name}" for prefix, module in PUBLIC.items() for name in module.__all__])
def test_public_name_is_documented(name: str) -> None:
    documented, module = set(), ""
    for word, value in re.findall(r"(auto\w+|py:currentmodule):: (\S+)", API.read_text(encoding="utf-8")):
        if word == "py:currentmodule":
            module = f"{value}."
        else:
            documented.add(value if value.startswith("transformer.") else module + value)
    assert f"transformer.{name}" in documented
