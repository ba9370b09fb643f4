"""Proof, at load, that the lines of a table leave no gap, no overlap and nothing that can never apply.

The conditions compare facts with constants, so the space of all facts falls into finitely many cells:
for a number or date, each constant and each stretch between constants; for a code, each named value and
"any other"; for anything else, true and false. One sample for each cell decides all claims in it. The
proof is exact, not a sample of cases (decision D32, D34).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any

from app.calculators import expressions as ex
from app.calculators import names as nm
from app.calculators.terms import UNKNOWN, Cap, Terms, TermsFault

MAX_CELLS = 200_000
OTHER = "（其他）"

Key = str | tuple[str, ...]
Cell = Mapping[Key, Any]


def prove(terms: Terms, method: str) -> list[TermsFault]:
    """All faults of the table; none means: no gap, overlap, dead line, unreachable category or loose cap."""
    faults: list[TermsFault] = []
    if terms.facts is not None:
        faults += _method_fits(terms, method)
        faults += _lines(terms)
    faults += _caps(terms)
    return faults


def _method_fits(terms: Terms, method: str) -> list[TermsFault]:
    wanted = {
        "LOAN_INTEREST": ("CONTRACTS",),
        "LEASE_INTEREST": ("CONTRACTS",),
        "INSURANCE": ("POLICIES",),
        "AWARD": ("ITEMS", "PROJECTS"),
        "GRANT": ("ITEMS", "PROJECTS"),
    }[method]
    if terms.facts in wanted:
        return []
    return [TermsFault("facts", f"{method} 的事实应为 {' 或 '.join(wanted)}，而不是 {terms.facts}")]


# --- cells -----------------------------------------------------------------------------------------


def _atoms(nodes: list[ex.Node], types: Mapping[str, str]) -> dict[Key, set[Any]]:
    """Each fact that the conditions read, with the constants that it is compared with."""
    found: dict[Key, set[Any]] = {}

    def visit(node: ex.Node) -> None:
        match node:
            case ex.Logic(_, parts):
                for part in parts:
                    visit(part)
            case ex.Not(part):
                visit(part)
            case ex.Compare(_, ex.Name(name), constant) if not _facts_in(constant):
                found.setdefault(name, set()).add(ex.evaluate(constant, _never))
            case ex.Compare(_, constant, ex.Name(name)) if not _facts_in(constant):
                found.setdefault(name, set()).add(ex.evaluate(constant, _never))
            case ex.Member(ex.Name(name), tuple() as among):
                found.setdefault(name, set()).update(among)
            case ex.Name(name):
                found.setdefault(name, set())
            case _:
                found.setdefault(_opaque(node), set())

    for node in nodes:
        visit(node)
    return found


def _facts_in(node: ex.Node) -> bool:
    return any(isinstance(part, ex.Name | ex.Call) for part in ex.walk(node))


def _never(key: Key) -> Any:  # pragma: no cover - constants read no facts
    raise AssertionError(key)


def _opaque(node: ex.Node) -> tuple[str, ...]:
    """A condition that is not fact-against-constant counts as one free true-or-false fact."""
    if isinstance(node, ex.Call):
        return (node.fn, *(ex.write(part, _leaf) for part in node.args))
    return ("condition", ex.write(node, _leaf))


def _leaf(node: ex.Node) -> str:
    match node:
        case ex.Number(text=text):
            return text
        case ex.Name(name):
            return name
        case ex.Code(value):
            return value
        case ex.Day(value):
            return value.isoformat()
        case ex.Call():
            fn, *args = _opaque(node)
            return f"{fn}({', '.join(args)})"
        case _:  # pragma: no cover - write() handles the rest
            raise AssertionError(node)


def _samples(key: Key, constants: set[Any], terms: Terms) -> list[Any]:
    kind = terms.types.get(key, ex.BOOLEAN) if isinstance(key, str) else ex.BOOLEAN
    if kind == ex.BOOLEAN:
        return [False, True]
    if kind == ex.CODE:
        declared = terms.needs[str(key)].values if key in terms.needs else None
        return sorted(set(declared or ()) | constants) + ([] if declared else [OTHER])
    points = sorted(constants)
    if kind == ex.DATE:
        one = timedelta(days=1)
        return sorted({day for point in points for day in (point - one, point, point + one)})
    if kind == ex.COUNT:
        return sorted({value for point in points for value in (point - 1, point, point + 1) if value >= 0})
    between = [(a + b) / 2 for a, b in itertools.pairwise(points)]  # exact: Fraction
    below = [points[0] / 2 if points[0] > 0 else points[0] - 1]
    return sorted({*below, *points, *between, points[-1] + 1})


def _holds(node: ex.Node | None, cell: Cell) -> bool:
    if node is None:
        return True
    match node:
        case ex.Logic("and", parts):
            return all(_holds(part, cell) for part in parts)
        case ex.Logic(_, parts):
            return any(_holds(part, cell) for part in parts)
        case ex.Not(part):
            return not _holds(part, cell)
        case ex.Compare(op, ex.Name(name), constant) if not _facts_in(constant):
            return bool(ex.evaluate(ex.Compare(op, ex.Name(name), constant), cell.__getitem__))
        case ex.Compare(op, constant, ex.Name(name)) if not _facts_in(constant):
            return bool(ex.evaluate(ex.Compare(op, constant, ex.Name(name)), cell.__getitem__))
        case ex.Member(ex.Name(name), tuple() as among):
            return cell[name] in among
        case ex.Name(name):
            return bool(cell[name])
        case _:
            return bool(cell[_opaque(node)])


def _say(cell: Cell) -> str:
    parts = []
    for key, value in cell.items():
        name = key if isinstance(key, str) else f"{key[0]}({', '.join(key[1:])})"
        if isinstance(value, Fraction):
            value = _plain(value)
        parts.append(f"{name}={value}")
    return ", ".join(parts) or "任何情形"


def _plain(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


# --- lines -----------------------------------------------------------------------------------------


def _lines(terms: Terms) -> list[TermsFault]:
    conditions = [line.when for line in terms.lines if line.when is not None]
    atoms = _atoms(conditions, terms.types)
    axes = {key: _samples(key, constants, terms) for key, constants in atoms.items()}
    size = 1
    for samples in axes.values():
        size *= len(samples)
    if size > MAX_CELLS:
        return [TermsFault("lines", f"条件过于复杂，无法证明没有空隙或重叠（{size} 种情形，至多 {MAX_CELLS}）")]
    faults: list[TermsFault] = []
    applied: set[str] = set()
    reached: dict[Key, set[Any]] = {key: set() for key in axes}
    overlaps: dict[tuple[str, str], str] = {}
    covered: dict[tuple[Any, ...], bool] = {}
    for values in itertools.product(*axes.values()):
        cell = dict(zip(axes, values, strict=True))
        holding = [line for line in terms.lines if _holds(line.when, cell)]
        covered[values] = bool(holding)
        if not holding:
            continue
        for key, value in cell.items():
            reached[key].add(value)
        if terms.choose == "FIRST":
            applied.add(holding[0].id)
            continue
        applied.update(line.id for line in holding)
        if terms.choose == "ONLY" and len(holding) > 1:
            overlaps.setdefault((holding[0].id, holding[1].id), _say(cell))
    for (one, other), where in overlaps.items():
        faults.append(TermsFault("lines", f"行 {one} 与 {other} 同时成立: {where}（若有意，写 choose: FIRST 或 HIGHEST）"))
    for line in terms.lines:
        if line.id not in applied:
            faults.append(TermsFault(f"lines/{line.id}", "这一行永远不会适用"))
    if terms.facts == "CONTRACTS" and terms.choose == "HIGHEST" and len({line.base for line in terms.lines}) > 1:
        faults.append(TermsFault("choose", "HIGHEST 比较各行的比例，各行的 base 须相同"))
    faults += _unreached(terms, axes, reached)
    faults += _gaps(axes, covered)
    return faults


def _unreached(terms: Terms, axes: Mapping[Key, list[Any]], reached: Mapping[Key, set[Any]]) -> Iterator[TermsFault]:
    for key in axes:
        measure = terms.needs.get(key) if isinstance(key, str) else None
        if measure is None or measure.values is None:
            continue
        for code in measure.values:
            if code not in reached[key]:
                yield TermsFault(f"needs/{measure.name}", f"代码 {code} 没有任何一行适用")


def _gaps(axes: Mapping[Key, list[Any]], covered: Mapping[tuple[Any, ...], bool]) -> list[TermsFault]:
    """A stretch of a number or date that no line covers, between two that lines cover."""
    found: dict[Key, str] = {}
    for at, (key, samples) in enumerate(axes.items()):
        ordered = bool(samples) and not isinstance(samples[0], bool | str)
        if not ordered:
            continue
        rest = [values for no, values in enumerate(axes.values()) if no != at]
        for others in itertools.product(*rest):
            line = [covered[(*others[:at], sample, *others[at:])] for sample in samples]
            if True not in line or key in found:
                continue
            first, last = line.index(True), len(line) - 1 - line[::-1].index(True)
            if False in line[first:last]:
                hole = samples[line.index(False, first)]
                keys = [other for no, other in enumerate(axes) if no != at]
                found[key] = _say({key: hole, **dict(zip(keys, others, strict=True))})
    return [TermsFault("lines", f"{key} 有空隙: {where}") for key, where in found.items()]


# --- caps ------------------------------------------------------------------------------------------


def _width(cap: Cap) -> tuple[int, int]:
    widths = [nm.CAP_PER[part][1] if part in nm.CAP_PER else 1 for part in cap.per]
    if cap.lines is not None:
        widths.append(nm.CAP_PER["LINE"][1])
    return min(widths, default=nm.APPLICANT_WIDTH), nm.PERIOD_WIDTH[cap.period]


def _caps(terms: Terms) -> list[TermsFault]:
    """Caps stand narrower before wider (D39), none is negative, and balance caps bound contracts only."""
    faults = []
    for bounds in ("AMOUNT", "BALANCE"):
        ordered = [cap for cap in terms.caps if cap.bounds == bounds]
        for before, after in itertools.pairwise(ordered):
            (a, a_period), (b, b_period) = _width(before), _width(after)
            if a > b or (a == b and a_period > b_period):
                faults.append(TermsFault(f"caps/{after.no}", "限额应由窄到宽排列：先单发、单合同，后类别、项目、机构、企业"))
    for cap in terms.caps:
        if cap.bounds == "BALANCE" and terms.facts != "CONTRACTS":
            faults.append(TermsFault(f"caps/{cap.no}", "只有贷款合同有余额可限"))
        if cap.period == "ACCRUAL_YEAR" and terms.facts not in {"CONTRACTS", None}:
            faults.append(TermsFault(f"caps/{cap.no}", "只有贷款合同按日计息，才有 ACCRUAL_YEAR"))
        if cap.limit is not UNKNOWN and not _facts_in(cap.limit):  # type: ignore[arg-type]
            limit = ex.evaluate(cap.limit, _never)  # type: ignore[arg-type]
            if limit <= 0:
                faults.append(TermsFault(f"caps/{cap.no}", "限额应大于零"))
    return faults
