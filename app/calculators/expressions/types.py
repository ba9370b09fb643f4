"""The types that an expression can have: a literal such as ``1000`` may be money, a count or a quantity.

Each node has the *set* of its types, and the place where it stands chooses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NoReturn

from app.calculators.bilingual import Phrase
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
from app.calculators.faults.telling import joined, tell

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

_TITLES = {
    MONEY: tell("MONEY"),
    RATE: tell("A_RATE"),
    COUNT: tell("A_COUNT"),
    QUANTITY: tell("A_QUANTITY"),
    DATE: tell("A_DATE"),
    BOOLEAN: tell("A_BOOLEAN"),
    CODE: tell("A_CODE"),
    CODES: tell("CODES"),
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
                raise ExpressionError(tell("UNDECLARED_NAME", name=name, names=", ".join(sorted(names))))
            return frozenset({names[name]})
        case Negative(part):
            return _require(NUMERIC, tell("AFTER_MINUS_SIGN"), infer(part, names))
        case Arithmetic() | Extreme() if any(isinstance(part, Code) for part in children(node)):
            code = next(part.value for part in children(node) if isinstance(part, Code))
            raise ExpressionError(tell("CODE_IS_NO_NUMBER", code=code))
        case Arithmetic("*", left, right):
            sides = infer(left, names), infer(right, names)
            return _product(*sides) & NUMERIC or _clash(tell("MULTIPLICATION_SIDES"), sides)
        case Arithmetic(op, left, right):
            return _require(NUMERIC, tell("SIDES_OF", op=op), infer(left, names), infer(right, names))
        case Extreme(fn, parts):
            return _require(NUMERIC | {DATE}, tell("TYPES_OF_PARTS", op=fn), *(infer(part, names) for part in parts))
        case _:
            return _infer_condition(node, names)


def _require(wanted: Types, what: Phrase, *sides: Types) -> Types:
    """The types that all sides can have. Errors: ExpressionError, naming what each side is."""
    fits = wanted
    for side in sides:
        fits &= side
    return fits or _clash(what, sides)


def _clash(what: Phrase, sides: Sequence[Types]) -> NoReturn:
    raise ExpressionError(tell("TYPES_DO_NOT_FIT", what=what, sides=joined("AND", [named(side) for side in sides])))


def named(types: Types) -> Phrase:
    """Types as an official reads them; a plain figure can be many things."""
    if NUMBER in types:
        return tell("A_NUMBER")
    return joined("OR_CLOSE", [tell("TYPE", title=_TITLES[kind], type=kind) for kind in sorted(types)])


def _infer_condition(node: Node, names: Mapping[str, str]) -> Types:
    boolean = frozenset({BOOLEAN})
    match node:
        case Compare(op, left, right):
            allowed = NUMERIC | {DATE} if op not in {"==", "!="} else NUMERIC | {DATE, CODE, BOOLEAN}
            _require(allowed, tell("SIDES_OF", op=op), infer(left, names), infer(right, names))
            return boolean
        case Member(item, among):
            _require(frozenset({CODE}), tell("TYPE_BEFORE_IN"), infer(item, names))
            if isinstance(among, Name):
                _require(frozenset({CODES}), tell("TYPE_AFTER_IN"), infer(among, names))
            return boolean
        case Logic(op, parts):
            for part in parts:
                _require(boolean, tell("TYPES_OF_PARTS", op=op), infer(part, names))
            return boolean
        case Not(part):
            return _require(boolean, tell("TYPE_AFTER_NOT"), infer(part, names))
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
            result = _require(one.types, tell("NAMED_IN", function=node.fn, title=one.title), infer(arg, names))
        elif one.names is not None:
            if not isinstance(arg, Code):
                raise _unfit(node.fn)
        elif one.moments:
            if arg.value not in one.moments if isinstance(arg, Code) else infer(arg, names) != {DATE}:
                raise _unfit(node.fn)
        else:
            _require(one.types, tell("PARAMETER_OF", function=node.fn, title=one.title), infer(arg, names))
    return result


def _unfit(fn: str) -> ExpressionError:
    """The refusal of arguments; of a function that looks up a day, with the words that name one."""
    parameters = FUNCTIONS[fn].parameters
    words = [word for one in parameters for word in one.moments]
    if not words:
        return ExpressionError(tell("WRONG_ARGUMENTS", function=fn))
    return ExpressionError(tell("CALL_OF_DAY", function=fn, first=parameters[0].title, words=" ".join(words)))
