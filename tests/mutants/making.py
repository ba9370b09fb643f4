"""The mutants of a module: each one small change to its syntax tree, found in the same order every time.

No file is changed. What cannot change an answer is left alone: annotations, docstrings, decorators, ``assert`` and the
texts of messages.
"""

from __future__ import annotations

import ast
import itertools
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AREAS = ("app/calculators", "app/services")

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add}
OTHER_CALL = {"min": "max", "max": "min", "any": "all", "all": "any"}
ORDER_IS_NOTHING = {"isinstance", "issubclass", "min", "max", "cast"}
"""Calls of two arguments that crash when these change places, or do the same."""


@dataclass(frozen=True)
class Mutant:
    """One change: the ``no``-th of its module. ``line`` and ``change`` name it for people and in ``survivors.toml``.

    The second of two changes that read alike, on one line or on equal ones, ends in ``#2``.
    """

    module: str
    no: int
    line_no: int
    line: str
    change: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line_no}: {self.change}\n    {self.line}"

    @property
    def name(self) -> tuple[str, str, str]:
        """What stays the same when other lines move."""
        return self.module, self.line, self.change


@dataclass(frozen=True)
class Site:
    """Where a node stands in its parent, and what takes its place."""

    parent: ast.AST
    field: str
    index: int | None
    old: ast.AST
    new: ast.AST

    def put(self) -> None:
        if self.index is None:
            setattr(self.parent, self.field, self.new)
        else:
            getattr(self.parent, self.field)[self.index] = self.new

    @property
    def change(self) -> str:
        """The change in words: what stood there and what stands there now."""
        before, after = (" ".join(ast.unparse(node).split()) for node in (self.old, self.new))
        return f"{before} -> {after}"


def sites(tree: ast.Module) -> Iterator[Site]:
    """Everything that can be changed in a tree, in its order."""
    yield from _below(tree)


def _below(parent: ast.AST) -> Iterator[Site]:
    for field, value in ast.iter_fields(parent):
        if field in {"annotation", "returns", "decorator_list", "type_comment", "type_params", "exc", "msg", "format_spec"}:
            continue
        places = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, node in places:
            if not isinstance(node, ast.AST) or isinstance(node, ast.Assert | ast.Import | ast.ImportFrom) or _for_types(node):
                continue
            for new in _instead(node, parent, field, index):
                yield Site(parent, field, index, node, new)
            yield from _below(node)


def _for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _instead(node: ast.AST, parent: ast.AST, field: str, index: int | None) -> Iterator[ast.AST]:
    """What may stand in a node's place."""
    match node:
        case ast.Compare(left=left, ops=ops, comparators=right):
            for no, op in enumerate(ops):
                yield ast.Compare(left, [*ops[:no], COMPARISONS[type(op)](), *ops[no + 1 :]], right)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC and not any(map(_is_text, (left, right))):
            yield ast.BinOp(left, ARITHMETIC[type(op)](), right)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            yield ast.BinOp(left, ast.Mult(), right)
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield from (ast.Constant(value + 1), ast.Constant(value - 1))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if name in OTHER_CALL:
            yield ast.Call(ast.Name(OTHER_CALL[name], ast.Load()), args, keywords)
        case ast.Call(func=func, args=[first, second], keywords=keywords) if _can_change_places(func, first, second):
            yield ast.Call(func, [second, first], keywords)
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()
        case ast.Return() if isinstance(parent, ast.If):
            yield ast.Pass()
        case ast.Raise() | ast.AugAssign() | ast.Delete():
            yield ast.Pass()
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
            # a generator stays one
            yield (
                ast.Pass() if isinstance(node.value, ast.Call) else ast.Expr(ast.IfExp(ast.Constant(False), node.value, ast.Constant(None)))
            )
        case _:
            pass


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _can_change_places(func: ast.expr, first: ast.expr, second: ast.expr) -> bool:
    name = ast.unparse(func).rsplit(".", 1)[-1]
    starred = isinstance(first, ast.Starred) or isinstance(second, ast.Starred)
    words = _is_text(first) and _is_text(second)
    return name not in ORDER_IS_NOTHING and not starred and not words and ast.dump(first) != ast.dump(second)


def path_of(module: str) -> Path:
    """The file of a module."""
    return ROOT / (module.replace(".", "/") + ".py")


def mutants_of(path: Path) -> list[Mutant]:
    """All mutants of a file."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    found, same = [], Counter[tuple[str, str]]()
    for no, site in enumerate(sites(ast.parse(source))):
        at = getattr(site.old, "lineno", 1)
        line, change = lines[at - 1].strip(), site.change
        same[line, change] += 1
        again = f" #{same[line, change]}" if same[line, change] > 1 else ""
        found.append(Mutant(module, no, at, line, change + again))
    return found


def mutated(module: str, no: int) -> ast.Module:
    """The tree of a module with its ``no``-th change."""
    tree = ast.parse(path_of(module).read_text(encoding="utf-8"))
    site = next(itertools.islice(sites(tree), no, None))
    ast.copy_location(site.new, site.old)
    site.put()
    return ast.fix_missing_locations(tree)


def all_mutants(only: str | None = None) -> list[Mutant]:
    """The mutants of the core and the use cases, or of the files under one path."""
    files = [path for area in AREAS for path in sorted((ROOT / area).rglob("*.py"))]
    wanted = None if only is None else (ROOT / only).resolve()
    return [one for path in files if wanted is None or path.is_relative_to(wanted) for one in mutants_of(path)]


def sample(found: list[Mutant], count: int, seed: int) -> list[Mutant]:
    """As many of each module as its size asks for: every n-th, where those of one module stand in random order."""
    rng = random.Random(seed)
    modules = [list(group) for _, group in itertools.groupby(found, key=lambda one: one.module)]
    shuffled = [one for group in modules for one in rng.sample(group, len(group))]
    if count >= len(shuffled):
        return shuffled
    step, start = len(shuffled) / max(count, 1), rng.random()
    chosen = [shuffled[int((no + start) * step)] for no in range(count)]
    rng.shuffle(chosen)  # long runs of one module do not come together
    return chosen
