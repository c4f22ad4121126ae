"""The built site as a folder: its pages, and copies of it with one thing broken."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from press.cells import pages_in
from press.finished import html_pages

# Where the site will stand on its host, if `make html` was told so; a page for wrong addresses needs it to be there.
BASE = urlsplit(os.environ.get("SITE_URL", "")).path.rstrip("/") + "/"
ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "docs"


@dataclass(frozen=True)
class Site:
    """A folder with a finished site."""

    folder: Path

    @property
    def pages(self) -> list[str]:
        """The addresses of all pages, relative to the site's root."""
        return [page.as_posix() for page in html_pages(self.folder)]

    def read(self, path: str) -> str:
        """Read a text file of the site."""
        return (self.folder / path).read_text(encoding="utf-8")

    def broken(self, folder: Path, path: str, old: str, new: str) -> "Site":
        """Copy the site with one piece of text replaced in one file.

        Args:
            folder: where the copy goes; must not exist.
            path: the file to change, relative to the site's root.
            old: the text to replace; only its first occurrence is. It must occur. Empty for the whole file.
            new: what stands in its place.
        """
        text = self.read(path)
        if old not in text:
            raise ValueError(f"{path}: nothing to break, no {old!r}")
        shutil.copytree(self.folder, folder, copy_function=linked)
        (folder / path).unlink()
        (folder / path).write_text(text.replace(old, new, 1) if old else new, encoding="utf-8")
        return Site(folder)


def linked(source: str, target: str) -> None:
    """Copy a file that nobody will write to: for nothing where the disk allows it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def the_site() -> Site:
    """Return the site to test: the folder that SITE names, else what `make html` wrote.

    Raises:
        FileNotFoundError: there is none.
    """
    folder = Path(os.environ.get("SITE") or ROOT / "_build" / "html").resolve()
    if not (folder / "index.html").is_file():
        raise FileNotFoundError(f"no site in {folder}: run `make html` first")
    return Site(folder)


def source_pages() -> list[str]:
    """List the addresses that the book's sources must have in the site: one for each Markdown file that is a page."""
    return [path.relative_to(SOURCES).with_suffix(".html").as_posix() for path in pages_in(SOURCES)]
