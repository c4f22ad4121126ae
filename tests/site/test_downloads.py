"""What a page offers to take along is there, and runs as it is."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site.built import Site, the_site

OFFER = re.compile(r'<a href="([^"]+)" download>')
PAGES = [page for page in the_site().pages if "Take this page along" in the_site().read(page)]


def offered(site: Site, page: str) -> dict[str, Path]:
    """Find the files that a page offers, by their kind."""
    found = [(site.folder / page).parent / name for name in OFFER.findall(site.read(page))]
    return {path.suffix: path for path in found if path.suffix in (".ipynb", ".py")}


def test_every_page_with_a_claim_offers_them(site: Site) -> None:
    claims = json.loads(site.read("claims.json"))
    assert len(PAGES) > 15
    assert {claim["page"] + ".html" for claim in claims if claim["evidence"]} <= set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_the_script_runs_as_it_is(site: Site, page: str, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", str(offered(site, page)[".py"])]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("page", PAGES)
def test_the_notebook_has_the_code_of_the_script(site: Site, page: str) -> None:
    files = offered(site, page)
    script = files[".py"].read_text(encoding="utf-8")
    cells = json.loads(files[".ipynb"].read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]).strip() for cell in cells if cell["cell_type"] == "code"]
    own = [source for source in code if "from IPython.display" not in source]
    assert len(code) - len(own) <= 1
    assert [part.split("\n\n# %% [markdown]")[0].strip() for part in script.split("# %%\n")[1:]] == own


def test_the_volumes_that_are_offered_are_there(site: Site) -> None:
    names = [name for name in OFFER.findall(site.read("index.html")) if name.endswith((".pdf", ".epub"))]
    assert [name for name in names if not (site.folder / name).is_file()] == []
