"""The types that an expression can have: a literal such as ``1000`` may be money, a count or a quantity.

Each node has the *set* of its types, and the place where it stands chooses.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.calculators.expressions import (
    BOOLEAN,
    CODE,
    CODES,
    COUNT,
    DATE,
    LOOKUPS,
    MONEY,
    NUMBER,
    NUMERIC,
    QUANTITY,
    RATE,
    STATUS_TIMES,
    Arithmetic,
    Call,
    Code,
    Compare,
    Day,
    ExpressionError,
    Extreme,
    Logic,
    Member,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Types,
)

_TIMES: dict[tuple[str, str], str] = {
    (RATE, MONEY): MONEY,
    (RATE, RATE): RATE,
    (RATE, QUANTITY): QUANTITY,
    (MONEY, COUNT): MONEY,
    (MONEY, QUANTITY): MONEY,
    (COUNT, COUNT): COUNT,
    (COUNT, QUANTITY): QUANTITY,
}


def _product(left: Types, right: Types) -> Types:
    found: set[str] = set()
    for a in left:
        for b in right:
            if NUMBER in (a, b):
                found |= {b if a == NUMBER else a}
            else:
                kind = _TIMES.get((a, b)) or _TIMES.get((b, a))
                if kind:
                    found.add(kind)
    return frozenset(found)


def infer(node: Node, names: Mapping[str, str]) -> Types:
    """The types that the node can have, given the type of each declared name.

    Errors: ExpressionError for an undeclared name or for types that do not fit (MONEY + RATE).
    """
    match node:
        case Number(types=types):
            return types
        case Day():
            return frozenset({DATE})
        case Code():
            return frozenset({CODE})
        case Name(name):
            if name not in names:
                raise ExpressionError(f"未声明的名称: {name}；可用: {', '.join(sorted(names))}")
            return frozenset({names[name]})
        case Negative(part):
            return _require(infer(part, names), NUMERIC, "负号")
        case Arithmetic("*", left, right):
            found = _product(infer(left, names), infer(right, names))
            return _require(found, NUMERIC, "乘法两边的类型")
        case Arithmetic(op, left, right):
            return _require(infer(left, names) & infer(right, names), NUMERIC, f"{op} 两边的类型")
        case Extreme(fn, parts):
            found = infer(parts[0], names)
            for part in parts[1:]:
                found &= infer(part, names)
            return _require(found, NUMERIC | {DATE}, f"{fn} 各项的类型")
        case _:
            return _infer_condition(node, names)


def _require(found: Types, wanted: Types, what: str) -> Types:
    fits = found & wanted
    if not fits:
        raise ExpressionError(f"{what}不相容")
    return fits


def _infer_condition(node: Node, names: Mapping[str, str]) -> Types:
    boolean = frozenset({BOOLEAN})
    match node:
        case Compare(op, left, right):
            kinds = infer(left, names) & infer(right, names)
            allowed = NUMERIC | {DATE} if op not in {"==", "!="} else NUMERIC | {DATE, CODE, BOOLEAN}
            _require(kinds, allowed, f"{op} 两边的类型")
            return boolean
        case Member(item, Name() as among):
            _require(infer(item, names), frozenset({CODE}), "in 左边")
            _require(infer(among, names), frozenset({CODES}), "in 右边")
            return boolean
        case Member(item, _):
            _require(infer(item, names), frozenset({CODE}), "in 左边")
            return boolean
        case Logic(op, parts):
            for part in parts:
                _require(infer(part, names), boolean, f"{op} 各项")
            return boolean
        case Not(part):
            return _require(infer(part, names), boolean, "not 之后")
        case Call():
            return _infer_call(node, names)
        case _:  # pragma: no cover - every node class is named above
            raise AssertionError(node)


def _infer_call(node: Call, names: Mapping[str, str]) -> Types:
    match node:
        case Call("months_after", (start, months)):
            _require(infer(start, names), frozenset({DATE}), "months_after 的日期")
            _require(infer(months, names), frozenset({COUNT}), "months_after 的月数")
            return frozenset({DATE})
        case Call("dishonest_since", (start,)):
            _require(infer(start, names), frozenset({DATE}), "dishonest_since 的日期")
            return frozenset({BOOLEAN})
        case Call("reference", (Code(), Code(lookup))) if lookup in LOOKUPS:
            return frozenset({RATE})
        case Call("reference", (Code(), Day())):
            return frozenset({RATE})
        case Call("status", (Code(), Code(when))) if when in STATUS_TIMES:
            return frozenset({BOOLEAN})
        case Call("earned", (Code(),)):
            return frozenset({BOOLEAN})
        case Call("total", (Name(name),)):
            return _require(infer(Name(name), names), frozenset({MONEY, COUNT, QUANTITY}), "total 的名称")
        case Call("reference"):
            raise ExpressionError(f"reference(系列, 日期或 {' '.join(LOOKUPS)})")
        case Call("status"):
            raise ExpressionError(f"status(代码, {' 或 '.join(STATUS_TIMES)})")
        case _:
            raise ExpressionError(f"{node.fn} 的参数不对")
