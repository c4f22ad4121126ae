"""Variations: changes of the conditions under which a claim's evidence must still stand, and the record that it did.

An author writes them beside the claim, as diffs of the page's cells. ``make breaks`` makes them too, and runs each page
under other seeds. The build refuses a record made from other sources.
"""

import ast
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from press.cells import Block, blocks_of_page
from press.claims.breaks import digest_of
from press.claims.diff import Change

SEEDS = tuple(range(101, 909, 101))
"""What is added to every seed of a page: eight other runs."""

TAKE_A_SEED = ("manual_seed", "seed", "Random", "default_rng")


@dataclass(frozen=True)
class Variation(Change):
    """A change under which a claim's evidence must stand; ``words`` say what the claim also holds with."""

    words: str = ""


@dataclass(frozen=True)
class Stood:
    """What ``make breaks`` saw stand: each page under the other seeds, and each claim under its variations, as digests."""

    seeds: dict[str, str] = field(default_factory=dict)
    variations: dict[str, list[str]] = field(default_factory=dict)


def variations_of_page(text: str) -> list[Variation]:
    """Read the variations that a page's source states."""
    return [
        Variation(block.argument, block.content, block.line, block.options.get("with", ""))
        for block in blocks_of_page(text)
        if block.name == "{vary}"
    ]


def digest_of_variation(change: Variation, sources: str) -> str:
    """Return the digest of a variation and of the sources that it changes, given as their own digest."""
    return digest_of(["vary", change.claim, change.diff, sources])


def digest_of_seeds(sources: str) -> str:
    """Return the digest of a page's run under the other seeds."""
    return digest_of([str(SEEDS), sources])


def read_stood(path: Path) -> Stood:
    """Read the record; empty if there is none."""
    return Stood(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else Stood()


def reseeded(cells: Sequence[Block], offset: int) -> list[Block]:
    """Add a number to every seed that the cells give to torch, Python, NumPy or an argument called ``seed``."""
    return [cell.with_content(ast.unparse(_Shift(offset).visit(ast.parse(cell.content)))) for cell in cells]


class _Shift(ast.NodeTransformer):
    def __init__(self, offset: int) -> None:
        self.offset = offset

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in TAKE_A_SEED and len(node.args) == 1:
            node.args = [self._shifted(node.args[0])]
        for keyword in node.keywords:
            if keyword.arg == "seed":
                keyword.value = self._shifted(keyword.value)
        return node

    def _shifted(self, seed: ast.expr) -> ast.expr:
        return ast.BinOp(seed, ast.Add(), ast.Constant(self.offset))
