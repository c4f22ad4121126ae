"""The API page documents every public name."""

import re
from pathlib import Path

import pytest

import transformer

API = Path(__file__).parents[2] / "docs" / "reference" / "api.md"


@pytest.mark.parametrize("name", transformer.__all__)
def test_public_name_is_documented(name: str) -> None:
    directives = re.findall(r"auto\w+::? (\S+)|\{auto\w+\} (\S+)", API.read_text(encoding="utf-8"))
    documented = {found.removeprefix("transformer.") for pair in directives for found in pair if found}
    assert name in documented
