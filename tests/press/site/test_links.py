"""Dead links inside a finished site."""

from pathlib import Path

from press.finished import Finished
from press.site.links import dead_links


def test_only_what_leads_nowhere_is_listed(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.html").write_text('<h1 id="top">B</h1><a href="../a.html#there">a</a>', encoding="utf-8")
    (tmp_path / "a.html").write_text(
        '<p id="there"><a href="sub/b.html#top">ok</a><a href="#there">ok</a><a href="https://example.org/x">outside</a>'
        '<a href="sub/b.html#gone">no anchor</a><a href="c.html">no page</a><img src="no.png"></p>',
        encoding="utf-8",
    )
    assert dead_links(Finished(tmp_path)) == ["a.html: sub/b.html#gone", "a.html: c.html", "a.html: no.png"]
