"""Icons that pages name."""

from pathlib import Path

from press.finished import Finished
from press.site.icons import missing_icons


def test_an_icon_that_nobody_drew_is_found(tmp_path: Path) -> None:
    (tmp_path / "_static").mkdir()
    css = '.fa-lg { font-size: 1.2em; }\n.fa-sun,\n.fa-star { --icon: url("data:image/svg+xml,x"); }\n'
    (tmp_path / "_static" / "icons.css").write_text(css, encoding="utf-8")
    page = '<i class="fa-solid fa-sun fa-lg"></i><i class="fa-brands fa-star"></i><i class="fas fa-ghost me-1"></i>'
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    assert missing_icons(Finished(tmp_path)) == ["a.html: fa-ghost"]
