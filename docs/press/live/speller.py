"""The widget that asks the trained model: its first state, made by torch with the numbers that the page's model has."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path

from torch import Tensor

from press.live.examples import EXAMPLES
from transformer.spelling.speller import PRETRAINED, Speller
from transformer.spelling.web import pack
from transformer.spelling.web.said import Said, say_and_look
from transformer.teaching.figures.grids import matrix
from transformer.teaching.figures.picture import Picture

ENGINE, MODEL = "speller-engine.js", "speller-model.js"
SHOWN = 0.045  # the least share that is written into a cell
CANDIDATES = 5
CHOICES = (("greedy", "the likeliest sound"), ("beam", "a beam of five"))


@cache
def _shipped() -> Speller:
    return Speller.load(PRETRAINED)


@cache
def _said(word: str) -> Said:
    return say_and_look(pack.rounded(_shipped()), word)


@cache
def data() -> Mapping[str, str]:
    """Return the engine and the model, which a page loads when it is asked."""
    return {ENGINE: Path(pack.__file__).with_name("engine.js").read_text(encoding="utf-8"), MODEL: pack.packed(_shipped())}


def picture(word: str) -> Picture:
    """Draw where the model looks while it says a word."""
    said = _said(word)
    looks = said.cross.mean((0, 1))  # (steps, letters)
    most = [f"at {word[place]} for {name}" for name, place in zip(said.names, looks.argmax(-1).tolist(), strict=True)]
    text = f"The trained model says {word}: {_sounds(said)}. It looks most {', '.join(most)}."
    return matrix(looks, text, rows=said.names, columns=list(word), caption="where the model looks, sound by sound")


def html(word: str, at: Callable[[str], str], *, small: bool) -> str:
    """Write the widget as it stands before it is asked.

    Args:
        word: What it was asked first.
        at: Says where a file of data stands.
        small: For a page that has other things to show: no heads, no beam.

    Returns:
        One element of HTML.
    """
    said, symbols = _said(word), _shipped()
    facts = {
        "engine": at(ENGINE),
        "model": at(MODEL),
        "letters": "".join(symbols.letters.symbols),
        "longest": str(symbols.model.config.max_length),
        "like": json.dumps(EXAMPLES, separators=(",", ":")),
    }
    size = f"{sum(map(len, data().values())) / 1e6:.1f} MB"
    more = f"Ask another word: the model is loaded then, {size}, and runs in this page."
    parts = [
        _form(word, small),
        f'<p class="sp-status" role="status">{escape(word)}: {_sounds(said)}.<span class="pst-js-only"> {more}</span></p>',
        f'<div class="sp-result">{_first_state(said)}</div>',
    ]
    kept = "".join(f' data-{name}="{escape(value)}"' for name, value in facts.items())
    name = "speller speller-small" if small else "speller"
    return f'<section class="{name}" aria-label="Ask the model"{kept}>\n{"".join(parts)}\n</section>\n'


def _sounds(said: Said) -> str:
    return " ".join(name for name in said.names if name in EXAMPLES)


def _form(word: str, small: bool) -> str:
    plain = 'autocomplete="off" autocapitalize="off" spellcheck="false"'
    field = f'<label>A word <input name="word" value="{escape(word)}" {plain} /></label>'
    choices = "".join(f'<option value="{value}">{name}</option>' for value, name in CHOICES)
    how = "" if small else f'<label>How it chooses <select name="how">{choices}</select></label>'
    return f'<form class="sp-form pst-js-only">{field}{how}<button type="submit">Say it</button></form>'


def _first_state(said: Said) -> str:
    """Write what ``speller-view.js`` writes, but for the controls."""
    shares = said.logits.softmax(-1)
    chips = "".join(_chip(name, share[token].item()) for name, share, token in zip(said.names, shares, said.tokens, strict=True))
    aside = "Each row is a sound: where in the word the decoder looked as it chose it."
    maps = f'<div>{_map(said.cross.mean((0, 1)), said.names, said.word)}<p class="sp-aside">{aside}</p></div>'
    choice = f'<div><div class="sp-choice">{"".join(_candidates(shares[0], said.names[0]))}</div></div>'
    return f'<ol class="sp-chips" aria-label="The sounds">{chips}</ol><div class="sp-columns">{maps}{choice}</div>'


def _chip(name: str, share: float) -> str:
    end, like = ("", f", as in {EXAMPLES[name]}") if name in EXAMPLES else (" sp-end", "")
    read = f'<span class="sp-read">{like}</span>'
    return f'<li><span class="sp-chip{end}"><b>{name}</b> <small>{_percent(share)}</small>{read}</span></li>'


def _map(looks: Tensor, rows: Sequence[str], columns: Sequence[str]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row">{name}</th>{"".join(map(_cell, row))}</tr>' for name, row in zip(rows, looks.tolist(), strict=True)
    )
    size = f"--columns: {len(columns)}; --rows: {len(rows)}"
    caption = "<caption>sounds → letters, mean of all heads (%)</caption>"
    return f'<table class="sp-map" style="{size}">{caption}<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cell(share: float) -> str:
    small = ' class="sp-small"' if share < SHOWN else ""
    return f'<td style="--share: {share:.3f}"><span{small}>{round(100 * share)}</span></td>'


def _candidates(shares: Tensor, name: str) -> Iterator[str]:
    names = ("padding", "start", "end", *_shipped().phones.symbols)
    best, places = shares[1:].topk(CANDIDATES)  # padding is no answer
    yield f'<p class="sp-title">Sound 1: {name}, as in {EXAMPLES[name]}</p><ol class="sp-candidates">'
    for share, place in zip(best.tolist(), places.tolist(), strict=True):
        other = names[place + 1]
        like = f"<small> {EXAMPLES[other]}</small>" if other in EXAMPLES else ""
        bar = f"<span><b>{other}</b>{like}</span><span>{_percent(share)}</span>"
        yield f'<li><span class="sp-bar" style="--share: {share:.4f}">{bar}</span></li>'
    yield "</ol>"


def _percent(share: float) -> str:
    if share < 0.0005:
        return "0 %"
    return f"{100 * share:.1f} %" if share < 0.0995 else f"{100 * share:.0f} %"
