"""What a page's source promises: the code in it must be cells that run, written so that nothing can slip by."""

import ast
from collections.abc import Iterator

from markdown_it.token import Token

from press.cells import CELL, PARSER
from press.claims.model import Problem

PYTHON = {"python", "python3", "py", "ipython", "ipython3", "pycon"}
BY_NAME = "can import a module by a name that only the run knows, so no record could say what it was made from"


def faults_of_page(text: str) -> list[Problem]:
    """List the places of a page where code is shown that would not run."""
    return [fault for token in PARSER.parse(text) for fault in _faults_of_block(token)]


def _faults_of_block(token: Token) -> Iterator[Problem]:
    line = token.map[0] + 1 if token.map else 1
    kind, _, rest = token.info.partition(" ")
    if _kind(token) == CELL:
        if token.level or token.markup != "```" or token.info != f"{CELL} python":
            yield Problem(line, "cell that is not run", "write it at the top level of the page, as ```{code-cell} python")
    elif token.type == "html_block" and CELL in token.content:
        yield Problem(line, "cell that is not run", "it stands in a comment or in HTML")
    elif _kind(token) and kind.startswith("{") and kind != "{code-block}" and CELL in token.content:
        yield Problem(line, "cell that is not run", f"it stands inside {kind}")
    elif _kind(token) in PYTHON or (kind == "{code-block}" and rest.strip() in PYTHON):
        yield Problem(line, "code that is not run", "Python on a page is a cell")


def _kind(token: Token) -> str:
    if token.type not in ("fence", "colon_fence"):
        return ""
    return token.info.split()[0] if token.info.split() else "text"


def faults_of_cell(source: str) -> list[str]:
    """List what keeps a cell's failure from being noticed."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return [f"not plain Python, a magic perhaps: {(error.text or '').strip()!r}"]
    return [fault for node in ast.walk(tree) for fault in _faults_of_node(node)]


def _faults_of_node(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id="get_ipython") | ast.alias(name="get_ipython"):
            yield "get_ipython can run code whose failure is not seen"
        case ast.Name(id="__import__" | "exec" as name) | ast.Attribute(attr="import_module" | "__import__" as name):
            yield f"{name} {BY_NAME}"
        case ast.alias(name="importlib" | "importlib.util" | "runpy" | "pkgutil" as name):
            yield f"{name} {BY_NAME}"
        case ast.ImportFrom(module="importlib" | "importlib.util" | "runpy" | "pkgutil" as name):
            yield f"{name} {BY_NAME}"
        case ast.Attribute(value=ast.Name(id="os"), attr="system" | "popen"):
            yield f"os.{node.attr} does not raise when its command fails"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="subprocess"), attr="run"), keywords=keywords):
            if "check" not in {keyword.arg for keyword in keywords}:
                yield "subprocess.run does not raise when its command fails: say check=True, or check=False and assert"
        case ast.Attribute(value=ast.Name(id="contextlib"), attr="suppress") | ast.alias(name="suppress"):
            yield "contextlib.suppress hides an error"
        case ast.Assert(test=ast.Tuple()):
            yield "assert of a tuple is always true"
