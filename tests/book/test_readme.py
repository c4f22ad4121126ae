"""README's claim is run as it stands there."""

import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def test_the_claim_in_readme_holds() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    assert blocks[0].count("\nassert ") == 3
    exec(compile(blocks[0], str(README), "exec"), {})  # noqa: S102 - our own README
