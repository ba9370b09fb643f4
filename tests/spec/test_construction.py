"""How the code is built: what STYLE asks of constructor calls, held by reading the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "app"
MOST = 4  # positional arguments of a constructor; more are named
FILES = sorted(path for path in APP.rglob("*.py") if "static" not in path.parts)


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(APP.parent).with_suffix("").parts)


def rows_in(tree: ast.Module) -> set[str]:
    """The dataclasses and named tuples of a module."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            bases = {getattr(base, "id", "") for base in node.bases}
            if "NamedTuple" in bases or any("dataclass" in ast.unparse(one) for one in node.decorator_list):
                found.add(node.name)
    return found


TREES = {module_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in FILES}
ROWS = {name: rows_in(tree) for name, tree in TREES.items()}


def rows_known(module: str, tree: ast.Module) -> Mapping[str, str]:
    """What the classes of rows are called in a module: its own, and those that it imports."""
    known = dict.fromkeys(ROWS[module], module)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in ROWS:
            known |= {one.asname or one.name: node.module for one in node.names if one.name in ROWS[node.module]}
    return known


def long_calls(module: str) -> Iterator[str]:
    tree = TREES[module]
    known = rows_known(module, tree)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in known):
            continue
        if sum(2 if isinstance(one, ast.Starred) else 1 for one in node.args) > MOST:
            yield f"{module}:{node.lineno} {node.func.id}"


def test_rows_are_found() -> None:
    assert sum(map(len, ROWS.values())) > 100
    assert "Step" in ROWS["app.calculators.results.model"]


@pytest.mark.parametrize("module", sorted(TREES))
def test_no_constructor_takes_more_than_four_arguments_by_place(module: str) -> None:
    assert list(long_calls(module)) == []
