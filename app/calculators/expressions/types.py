"""The types that an expression can have: a literal such as ``1000`` may be money, a count or a quantity.

Each node has the *set* of its types, and the place where it stands chooses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NoReturn

from app.calculators.expressions.functions import FUNCTIONS
from app.calculators.expressions.nodes import (
    BOOLEAN,
    CODE,
    CODES,
    COUNT,
    DATE,
    MONEY,
    NUMBER,
    NUMERIC,
    QUANTITY,
    RATE,
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
    children,
    given,
)

_TIMES: dict[tuple[str, str], str] = {
    (RATE, MONEY): MONEY,
    (RATE, RATE): RATE,
    (RATE, COUNT): RATE,
    (RATE, QUANTITY): QUANTITY,
    (MONEY, COUNT): MONEY,
    (MONEY, QUANTITY): MONEY,
    (COUNT, COUNT): COUNT,
    (COUNT, QUANTITY): QUANTITY,
}

TITLES = {
    MONEY: "金额",
    RATE: "比例",
    NUMBER: "数字",
    COUNT: "次数",
    QUANTITY: "数量",
    DATE: "日期",
    BOOLEAN: "是否",
    CODE: "代码",
    CODES: "代码组",
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
            return _require(NUMERIC, "负号之后的类型", infer(part, names))
        case Arithmetic() | Extreme() if any(isinstance(part, Code) for part in children(node)):
            code = next(part.value for part in children(node) if isinstance(part, Code))
            raise ExpressionError(f"{code} 是代码，不能计算；参考利率应写作 reference({code}, DAY)")
        case Arithmetic("*", left, right):
            sides = infer(left, names), infer(right, names)
            return _product(*sides) & NUMERIC or _clash("乘法两边的类型", sides)
        case Arithmetic(op, left, right):
            return _require(NUMERIC, f"{op} 两边的类型", infer(left, names), infer(right, names))
        case Extreme(fn, parts):
            return _require(NUMERIC | {DATE}, f"{fn} 各项的类型", *(infer(part, names) for part in parts))
        case _:
            return _infer_condition(node, names)


def _require(wanted: Types, what: str, *sides: Types) -> Types:
    """The types that all sides can have. Errors: ExpressionError, naming what each side is."""
    fits = wanted
    for side in sides:
        fits &= side
    return fits or _clash(what, sides)


def _clash(what: str, sides: Sequence[Types]) -> NoReturn:
    raise ExpressionError(f"{what}不相容: {' 与 '.join(named(side) for side in sides)}")


def named(types: Types) -> str:
    """Types as an official reads them; a plain figure can be many things."""
    return "数字" if NUMBER in types else "或".join(f"{TITLES[kind]} {kind}" for kind in sorted(types))


def _infer_condition(node: Node, names: Mapping[str, str]) -> Types:
    boolean = frozenset({BOOLEAN})
    match node:
        case Compare(op, left, right):
            allowed = NUMERIC | {DATE} if op not in {"==", "!="} else NUMERIC | {DATE, CODE, BOOLEAN}
            _require(allowed, f"{op} 两边的类型", infer(left, names), infer(right, names))
            return boolean
        case Member(item, among):
            _require(frozenset({CODE}), "in 左边的类型", infer(item, names))
            if isinstance(among, Name):
                _require(frozenset({CODES}), "in 右边的类型", infer(among, names))
            return boolean
        case Logic(op, parts):
            for part in parts:
                _require(boolean, f"{op} 各项的类型", infer(part, names))
            return boolean
        case Not(part):
            return _require(boolean, "not 之后的类型", infer(part, names))
        case Call():
            return _infer_call(node, names)
        case _:  # pragma: no cover - every node class is named above
            raise AssertionError(node)


def _infer_call(node: Call, names: Mapping[str, str]) -> Types:
    row = FUNCTIONS[node.fn]
    result: Types = frozenset() if row.result is None else frozenset({row.result})
    for one, arg in given(node):
        if one.names == "FACT":
            if not isinstance(arg, Name):
                raise _unfit(node.fn)
            result = _require(one.types, f"{node.fn} 的{one.title}", infer(arg, names))
        elif one.names is not None:
            if not isinstance(arg, Code):
                raise _unfit(node.fn)
        elif one.moments:
            if arg.value not in one.moments if isinstance(arg, Code) else infer(arg, names) != {DATE}:
                raise _unfit(node.fn)
        else:
            _require(one.types, f"{node.fn} 的{one.title}", infer(arg, names))
    return result


def _unfit(fn: str) -> ExpressionError:
    """The refusal of arguments; of a function that looks up a day, with the words that name one."""
    parameters = FUNCTIONS[fn].parameters
    words = [word for one in parameters for word in one.moments]
    if not words:
        return ExpressionError(f"{fn} 的参数不对")
    return ExpressionError(f"{fn}({parameters[0].title}, 日期、日期事实或 {' '.join(words)})")
