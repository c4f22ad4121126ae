"""Valid HTML: vnu finds no error but the known ones, each as often as expected."""

import json
import shutil
import subprocess
import tomllib
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

from tests.site.built import Site
from tests.site.tools import tool

KNOWN = Path(__file__).parents[1] / "known.toml"


def errors(site: Site, pages: list[str]) -> Counter[tuple[str, str]]:
    """Count vnu's errors, by page and message."""
    java = shutil.which("java")
    if java is None:
        raise FileNotFoundError("no java, which vnu needs")
    vnu = [java, "-jar", str(tool("vnu-jar/build/dist/vnu.jar"))]
    command = [*vnu, "--errors-only", "--format", "json", "--exit-zero-always", "--stdout", *pages]
    done = subprocess.run(command, cwd=site.folder, capture_output=True, text=True, check=True)
    found: Counter[tuple[str, str]] = Counter()
    for message in json.loads(done.stdout)["messages"]:
        path = Path(unquote(urlsplit(message["url"]).path))
        found[path.resolve().relative_to(site.folder.resolve()).as_posix(), message["message"]] += 1
    return found


def faults(site: Site, pages: list[str]) -> list[str]:
    """Compare vnu's errors on some pages with the known ones."""
    expected: Counter[tuple[str, str]] = Counter()
    known = tomllib.loads(KNOWN.read_text(encoding="utf-8")).get("known", [])
    for page in pages if known else []:  # to parse all pages takes long
        soup = BeautifulSoup(site.read(page), "html.parser")
        for entry in known:
            expected[page, entry["message"]] += len(soup.select(entry["elements"]))
    found = errors(site, pages)
    differences = [
        f"{page}: {found[page, message]} times, expected {expected[page, message]}: {message}"
        for page, message in sorted(found.keys() | expected.keys())
        if found[page, message] != expected[page, message]
    ]
    needed = {message for (_, message), count in expected.items() if count}
    return differences + [f"known.toml: no page needs: {entry['message']}" for entry in known if entry["message"] not in needed]
