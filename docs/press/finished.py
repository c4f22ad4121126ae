"""The finished folder of a site: each page is parsed once, for all who look at it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, eq=False)
class Tag:
    """A start tag: its name, its attributes, and how it is written."""

    name: str
    values: Mapping[str, str]
    text: str = field(repr=False, default="")


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[Tag] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(Tag(tag, {name: value or "" for name, value in attrs}, self.get_starttag_text() or ""))


@dataclass
class Page:
    """A finished page: its file relative to the site, its text and its tags."""

    path: Path
    text: str
    tags: list[Tag]

    @classmethod
    def of(cls, path: Path, text: str) -> "Page":
        """Parse a page."""
        return cls(path, text, _Tags(text).found)

    def put(self, old: Tag, new: Tag | None) -> None:
        """Write another tag in a tag's place, or nothing."""
        place = self.tags.index(old)
        self.tags[place : place + 1] = [new] if new else []
        self.text = self.text.replace(old.text, new.text if new else "", 1)


def html_pages(folder: Path) -> list[Path]:
    """List the pages of a finished site, relative to it; the theme's templates among its assets are none."""
    pages = (path.relative_to(folder) for path in folder.rglob("*.html"))
    return sorted(page for page in pages if not page.parts[0].startswith("_"))


@dataclass(frozen=True)
class Finished:
    """A folder with a finished site, and the path at which it stands on its host."""

    folder: Path
    base: str = "/"

    @cached_property
    def pages(self) -> list[Page]:
        """Every page, parsed."""
        return [Page.of(path, self.read(path)) for path in html_pages(self.folder)]

    def read(self, path: Path | str) -> str:
        """Read a text file of the site."""
        return (self.folder / path).read_text(encoding="utf-8")

    def write(self, page: Page) -> None:
        """Write a page that was changed."""
        (self.folder / page.path).write_text(page.text, encoding="utf-8")

    def file_of(self, page: Page, address: str) -> Path:
        """Say which file of the site an address on one of its pages names.

        Args:
            page: The page.
            address: The address, without a host; one that begins with the site's path is counted from the site's root.

        Returns:
            The file, which need not be there; the page itself for an address that is only an anchor.
        """
        path = unquote(urlsplit(address).path)
        if path.startswith(self.base):
            return (self.folder / path.removeprefix(self.base)).resolve()
        own = self.folder / page.path
        return ((own.parent / path) if path else own).resolve()
