"""The one stylesheet of a finished site."""

from pathlib import Path

import pytest
from sphinx.errors import ExtensionError

from press.finished import Finished
from press.site.stylesheet import bundle, needed

SHEETS = '<link rel="stylesheet" href="{0}_static/a.css?v=1" /><link rel="stylesheet" href="{0}_static/b.css" />'
PRINT = '<link media="print" rel="stylesheet" href="{0}_static/print.css" />'


@pytest.mark.parametrize(
    ("css", "left"),
    [
        ("p{margin:0}", "p{margin:0}"),
        (".used{margin:0}.gone{margin:0}", ".used{margin:0}"),
        (".gone,.used .also,a:hover{margin:0}", ".used .also,a:hover{margin:0}"),
        ("#gone{margin:0}", ""),
        (".used.gone{margin:0}", ""),
        (".used:not(.gone){margin:0}", ".used:not(.gone){margin:0}"),
        (":is(.gone, .used){margin:0}", ":is(.gone, .used){margin:0}"),
        ("@media print{.used{margin:0}.gone{margin:0}}", "@media print{.used{margin:0}}"),
        ("@supports (display:grid){.gone{margin:0}}", ""),
        ("@keyframes turn{to{rotate:1turn}}", "@keyframes turn{to{rotate:1turn}}"),
        ("@font-face{font-family:a;src:url(a.woff2)}", ""),
        ("/*! licence */p{margin:0}/* a remark */", "/*! licence */\np{margin:0}"),
    ],
)
def test_only_rules_that_a_page_can_use_are_left(css: str, left: str) -> None:
    assert needed(css, {"used", "also"}) == left


def test_a_broken_stylesheet_is_an_error() -> None:
    with pytest.raises(ExtensionError, match="cannot be read"):
        needed("p{margin:0}}", set())


@pytest.fixture
def site(tmp_path: Path) -> Path:
    static = tmp_path / "_static"
    static.mkdir()
    (static / "a.css").write_text(".used { color: red }", encoding="utf-8")
    (static / "b.css").write_text(".made { color: blue } .gone { color: blue }", encoding="utf-8")
    (static / "a.js").write_text('element.className = "made"', encoding="utf-8")
    (static / "unloaded.js").write_text('element.className = "gone"', encoding="utf-8")
    (tmp_path / "sub").mkdir()
    for path, up in (("a.html", ""), ("sub/b.html", "../")):
        text = f'<head>{SHEETS}{PRINT}<script src="{up}_static/a.js"></script></head><p class="used">gone</p>'.format(up)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def test_pages_name_one_sheet_and_keep_that_for_print(site: Path) -> None:
    bundle(Finished(site))
    (sheet,) = site.glob("_static/site-*.css")
    assert sheet.read_text(encoding="utf-8") == ".used{color: red}\n.made{color: blue}"
    for path, up in (("a.html", ""), ("sub/b.html", "../")):
        text = (site / path).read_text(encoding="utf-8")
        assert text.startswith(f'<head><link rel="stylesheet" href="{up}_static/{sheet.name}" />{PRINT.format(up)}<script')


def test_a_page_whose_addresses_begin_at_the_root_keeps_them_there(site: Path) -> None:
    text = f'{SHEETS}<script src="/book/_static/a.js"></script>'.format("/book/")
    (site / "404.html").write_text(text, encoding="utf-8")
    bundle(Finished(site, "/book/"))
    (sheet,) = site.glob("_static/site-*.css")
    assert (
        (site / "404.html").read_text(encoding="utf-8").startswith(f'<link rel="stylesheet" href="/book/_static/{sheet.name}" />')
    )


def test_a_second_time_changes_nothing(site: Path) -> None:
    bundle(Finished(site))
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    bundle(Finished(site))
    assert before == {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}


@pytest.mark.parametrize("css", ["p { background: url('other.png') }", '@import "other.css";'])
def test_a_sheet_that_loads_another_file_is_an_error(site: Path, css: str) -> None:
    (site / "_static" / "a.css").write_text(css, encoding="utf-8")
    with pytest.raises(ExtensionError, match="loads another file"):
        bundle(Finished(site))
