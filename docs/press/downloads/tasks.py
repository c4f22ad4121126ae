"""A notebook for each whole task, with the answer left out: ``{task-notebooks}`` writes them and links to them."""

import inspect

import nbformat
from docutils import nodes
from nbformat.v4 import new_code_cell, new_markdown_cell
from sphinx.application import Sphinx

from press.assets import TAKE_ALONG
from press.downloads import wheel
from press.places import Place, PlaceDirective, pages_of
from transformer.teaching.exercises import WHOLE, Exercise

KIND = "task-notebooks"
STUB = """import math

import torch
import torch.nn.functional as F


def {signature}:
    raise NotImplementedError"""
CHECK = """from transformer.teaching.exercises import check

check("{name}", {name})"""


def fill(app: Sphinx, place: Place) -> list[nodes.Node] | None:
    """List the notebooks; other formats than the site's pages have no use for them."""
    if place.kind != KIND:
        return None
    if app.builder.name != "html":
        return [nodes.paragraph("", "The notebooks are on the site.")]
    up = "../" * place.docname.count("/")
    links = [nodes.reference("", one.name, refuri=f"{up}{TAKE_ALONG}/{one.name}.ipynb", internal=True) for one in WHOLE]
    items = [nodes.list_item("", nodes.paragraph("", "", link)) for link in links]
    return [nodes.bullet_list("", *items, bullet="-", classes=["task-notebooks"])]


def write_files(app: Sphinx, exception: Exception | None) -> None:
    """Write the notebooks and the wheel that they install into the finished site, if a page lists them."""
    listed = any(KIND in kinds for kinds in pages_of(app.env).values()) if app.builder.name == "html" and not exception else False
    if listed:
        installed = wheel.build(app)
        for exercise in WHOLE:
            text = notebook(exercise, app.config.html_baseurl, installed.name)
            installed.with_name(f"{exercise.name}.ipynb").write_text(text, encoding="utf-8")


def notebook(exercise: Exercise, site: str, installed: str) -> str:
    """Write the notebook of a task.

    Args:
        exercise: The task.
        site: The site's address, or nothing if this build knows none: then the wheel must lie beside the notebook.
        installed: The wheel's name.

    Returns:
        The file.
    """
    asked = (inspect.getdoc(exercise.solution) or "").replace("``", "`")
    place = f"{site.rstrip('/')}/{TAKE_ALONG}/{installed}" if site else f"./{installed}"
    beside = "" if site else f" The file `{installed}` lies beside this notebook on the site: put it into the same folder.\n"
    cells = [
        new_markdown_cell(f"# Write `{exercise.name}`\n\n{asked}\n\nRun the cells from above.{beside}"),
        new_code_cell(f"%pip install -q {place}"),
        new_code_cell(STUB.format(signature=exercise.signature)),
        new_code_cell(CHECK.format(name=exercise.name)),
    ]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    book = nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
    nbformat.validate(book)
    return f"{nbformat.writes(book)}\n"


def register(app: Sphinx) -> None:
    """Fill the place, and write when the site is there."""
    app.add_directive(KIND, PlaceDirective)
    app.connect("place-fill", fill)
    app.connect("build-finished", write_files)
