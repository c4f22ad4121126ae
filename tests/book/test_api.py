"""The API page documents every public name."""

import re
from pathlib import Path

import pytest

import transformer
from transformer import training

API = Path(__file__).parents[2] / "docs" / "reference" / "api.md"


@pytest.mark.parametrize("name", [*transformer.__all__, *(f"training.{name}" for name in training.__all__)])
def test_public_name_is_documented(name: str) -> None:
    documented, module = set(), ""
    for word, value in re.findall(r"(auto\w+|py:currentmodule):: (\S+)", API.read_text(encoding="utf-8")):
        if word == "py:currentmodule":
            module = f"{value}."
        else:
            documented.add(value if value.startswith("transformer.") else module + value)
    assert f"transformer.{name}" in documented
