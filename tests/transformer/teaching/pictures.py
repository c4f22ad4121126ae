"""Golden pictures: each was looked at once; whatever is drawn otherwise since then fails until it has been looked at too."""

import os
from pathlib import Path

import pytest

from transformer.teaching.figures.picture import Picture

GOLDEN = Path(__file__).with_name("golden")
STYLE = Path(__file__).parents[3] / "docs/_static/figures.css"
# The theme's colours, which the book's style sheet builds on.
COLOURS = (
    ":root { --pst-color-text-base: #222; --pst-color-text-muted: #666; --pst-color-primary: #176de8; --pst-color-border: #999;"
)
COLOURS += " --pst-color-surface: #f4f4f4; --pst-color-link: #176de8; --pst-font-family-base: sans-serif; }"


def assert_golden(picture: Picture, name: str, text: str, folder: Path, golden: Path = GOLDEN) -> None:
    """Compare a picture, byte for byte, with the accepted one of this name, and its words with ``text``.

    A picture that differs is written beside the accepted one to a page in ``folder``, to be looked at;
    ACCEPT_PICTURES=1 in the environment then accepts it, and fails that run nevertheless, so that it hides nothing.
    """
    assert repr(picture) == f"[picture: {text}]"
    file = golden / f"{name}.svg"
    accepted = file.read_bytes() if file.exists() else b""
    drawn = f"{picture._repr_html_()}\n".encode()
    if drawn == accepted:
        return
    if os.environ.get("ACCEPT_PICTURES") == "1":
        file.write_bytes(drawn)
        pytest.fail(f"{file} now holds the new picture; run again without ACCEPT_PICTURES")
    page = folder / f"{name}.html"
    style = f'<link rel="stylesheet" href="{STYLE.as_uri()}"><style>{COLOURS}</style>'
    page.write_text(
        f'<!doctype html><meta charset="utf-8">{style}<h1>{name}: accepted</h1>{accepted.decode()}<h1>now</h1>{drawn.decode()}',
        encoding="utf-8",
    )
    pytest.fail(
        f"{name} is drawn otherwise: look at both pictures in {page}; if the new one is right, run with ACCEPT_PICTURES=1"
    )
