"""The expression language of a rate table: one tree that is checked, printed and evaluated.

``rate: min(2.5%, contract_rate)``, ``limit: 2% * disbursed``, ``when: category in [MPW]``. Numbers are
exact rationals; money is in 元. There is no division, loop or text operation, and no name that the
table has not declared. A literal such as ``1000`` may stand for money, a count or a quantity, so each
node has the *set* of types that it can have, and the place where it stands chooses (``types``). The
text is read by ``parser``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from app.calculators.expressions.functions import EXTREMES, FUNCTIONS, MOMENTS, ExtremeName, Moment, Names, Parameter
from app.calculators.faults.telling import FaultError

MAX_LENGTH = 600
MAX_DEPTH = 24
MAX_NODES = 240

MONEY, RATE, NUMBER, COUNT, QUANTITY = "MONEY", "RATE", "NUMBER", "COUNT", "QUANTITY"
DATE, BOOLEAN, CODE, CODES = "DATE", "BOOLEAN", "CODE", "CODES"
NUMERIC = frozenset({MONEY, RATE, NUMBER, COUNT, QUANTITY})

Value = Any  # Fraction, int, bool, date, str or tuple of str: the language is dynamically valued, statically typed
Types = frozenset[str]


Lookup = Callable[[str | tuple[str, ...]], Value]
"""Answers a name, or the key of a call; raises MissingFact."""

_ARITHMETIC: dict[str, Callable[[Value, Value], Value]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_COMPARE: dict[str, Callable[[Value, Value], bool]] = {
    "in": lambda left, right: left in right,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}
MIRRORED = {">=": "<=", "<=": ">=", ">": "<", "<": ">", "==": "==", "!=": "!="}
"""A comparison with its sides exchanged."""


class ExpressionError(FaultError, ValueError):
    """The text is no expression of the language, or its types do not fit."""


class MissingFact(LookupError):
    """A fact that an expression reads was not given. ``pointer`` says where it belongs."""

    def __init__(self, name: str, pointer: str) -> None:
        super().__init__(name)
        self.name = name
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Number:
    value: Fraction
    text: str
    types: Types

    def value_in(self, of: Lookup) -> Value:
        """The figure."""
        return self.value


@dataclass(frozen=True, slots=True)
class Day:
    value: date

    def value_in(self, of: Lookup) -> Value:
        """The date."""
        return self.value


@dataclass(frozen=True, slots=True)
class Code:
    value: str

    def value_in(self, of: Lookup) -> Value:
        """The code."""
        return self.value


@dataclass(frozen=True, slots=True)
class Name:
    name: str

    def value_in(self, of: Lookup) -> Value:
        """The fact."""
        return of(self.name)


@dataclass(frozen=True, slots=True)
class Negative:
    part: Node

    def value_in(self, of: Lookup) -> Value:
        """The negative of the part."""
        return -self.part.value_in(of)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    op: str  # + - *
    left: Node
    right: Node

    def value_in(self, of: Lookup) -> Value:
        """The exact sum, difference or product."""
        return _ARITHMETIC[self.op](self.left.value_in(of), self.right.value_in(of))


@dataclass(frozen=True, slots=True)
class Extreme:
    fn: ExtremeName
    parts: tuple[Node, ...]

    def value_in(self, of: Lookup) -> Value:
        """The least or greatest of the parts."""
        return EXTREMES[self.fn](part.value_in(of) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Compare:
    op: str
    left: Node
    right: Node

    def value_in(self, of: Lookup) -> Value:
        """Whether the comparison holds."""
        return _COMPARE[self.op](self.left.value_in(of), self.right.value_in(of))


@dataclass(frozen=True, slots=True)
class Member:
    """``fact in [A, B]`` or ``CODE in codes``."""

    item: Node
    among: tuple[str, ...] | Name

    def value_in(self, of: Lookup) -> Value:
        """Whether the code is among the others."""
        among = self.among
        return self.item.value_in(of) in (among if isinstance(among, tuple) else of(among.name))


@dataclass(frozen=True, slots=True)
class Logic:
    op: str  # and or
    parts: tuple[Node, ...]

    def value_in(self, of: Lookup) -> Value:
        """``and``, ``or`` read only as many facts as decide them."""
        decides = self.op == "or"
        for part in self.parts:
            if bool(part.value_in(of)) is decides:
                return decides
        return not decides


@dataclass(frozen=True, slots=True)
class Not:
    part: Node

    def value_in(self, of: Lookup) -> Value:
        """The contrary."""
        return not self.part.value_in(of)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of one of ``functions.FUNCTIONS``."""

    fn: str
    args: tuple[Node, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """Under what a scope answers it: the function and its literal arguments."""
        return (self.fn, *map(_literal, self.args))

    def value_in(self, of: Lookup) -> Value:
        """What the function comes to, or the scope answers for the call."""
        evaluated = FUNCTIONS[self.fn].evaluate
        if evaluated is not None:
            return evaluated(*[arg.value_in(of) for arg in self.args])
        return of((self.fn, *[_literal(arg) if is_literal(one, arg) else arg.value_in(of).isoformat() for one, arg in given(self)]))


Node = Number | Day | Code | Name | Negative | Arithmetic | Extreme | Compare | Member | Logic | Not | Call


def dated(call: Call) -> bool:
    """Whether a call looks up a day that an expression gives, such as ``status(SME, signed_on)``, not a named one."""
    return any(one.moments and not isinstance(arg, Code) for one, arg in given(call))


def given(call: Call) -> Iterator[tuple[Parameter, Node]]:
    """The arguments of a call with their parameters."""
    return zip(FUNCTIONS[call.fn].parameters, call.args, strict=True)


def is_literal(parameter: Parameter, arg: Node) -> bool:
    """Whether an argument names something, and is no expression."""
    return parameter.names is not None or (bool(parameter.moments) and isinstance(arg, Code))


def moment(call: Call) -> Moment | None:
    """The day that a call names by a word."""
    return next((MOMENTS[arg.value] for one, arg in given(call) if one.moments and isinstance(arg, Code)), None)


def _literal(node: Node) -> str:
    """A code, name or day as it stands; a date that is worked out, in the words of the table."""
    match node:
        case Code(value) | Name(value):
            return value
        case Day(day):
            return day.isoformat()
        case _:
            return plain(node)


# --- walking ---------------------------------------------------------------------------------------


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a node that are nodes."""
    match node:
        case Negative(part) | Not(part):
            return (part,)
        case Arithmetic(_, left, right) | Compare(_, left, right):
            return (left, right)
        case Extreme(_, parts) | Logic(_, parts):
            return parts
        case Member(item, among):
            return (item, among) if isinstance(among, Name) else (item,)
        case Call():
            return tuple([arg for one, arg in given(node) if not is_literal(one, arg)])
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it. Literal arguments of calls are no nodes."""
    yield node
    for part in children(node):
        yield from walk(part)


def reads(node: Node) -> frozenset[str]:
    """The names of the facts that the node reads (also inside ``total``)."""
    found = {part.name for part in walk(node) if isinstance(part, Name)}
    found.update(named(node, "FACT"))
    found |= {read for part in walk(node) if isinstance(part, Call) and (read := FUNCTIONS[part.fn].reads) is not None}
    return frozenset(found)


def named(node: Node, what: Names) -> tuple[str, ...]:
    """The series, statuses, lines, categories or facts that calls in the node name, each once and in their order."""
    called = (part for part in walk(node) if isinstance(part, Call))
    return tuple(dict.fromkeys(_literal(arg) for call in called for one, arg in given(call) if one.names == what))


def facts_in(node: Node) -> bool:
    """Whether the node reads anything; if not, it is a figure or a date of the notice, such as ``months_after(2025-01-31, 1)``."""
    return any(isinstance(part, Name) or (isinstance(part, Call) and FUNCTIONS[part.fn].evaluate is None) for part in walk(node))


def calls(node: Node, fn: str) -> list[Call]:
    """The calls of one function in the node."""
    return [part for part in walk(node) if isinstance(part, Call) and part.fn == fn]


def codes_in(node: Node) -> dict[str, set[str]]:
    """The codes with which the node compares each fact, whichever side they stand on."""
    found: dict[str, set[str]] = {}
    for part in walk(node):
        match part:
            case Member(Name(name), tuple() as codes):
                found.setdefault(name, set()).update(codes)
            case Compare(_, Name(name), Code(code)) | Compare(_, Code(code), Name(name)):
                found.setdefault(name, set()).add(code)
    return found


# --- value and text --------------------------------------------------------------------------------


def evaluate(node: Node, of: Lookup) -> Value:
    """The exact value of the node. Errors: MissingFact."""
    return node.value_in(of)


def probe(node: Node, of: Lookup, lacking: list[MissingFact]) -> Value | None:
    """The value of the node as far as it can be known, else None; each fact that was not given goes into ``lacking`` (D83).

    ``of`` answers None for what is not decided yet. Where ``evaluate`` stops at the first missing fact, this reads on:
    of ``and`` and ``or`` up to an operand that decides.
    """
    if isinstance(node, Logic):
        decides, known = node.op == "or", True
        for part in node.parts:
            value = probe(part, of, lacking)
            if value is not None and bool(value) is decides:
                return decides
            known = known and value is not None
        return not decides if known else None
    if None in [probe(part, of, lacking) for part in children(node)]:
        return None
    try:
        return evaluate(node, of)
    except MissingFact as missing:
        lacking.append(missing)
        return None


def compare(op: str, left: Value, right: Value) -> bool:
    """Whether a comparison of two values holds."""
    return _COMPARE[op](left, right)


_STRENGTH = {"or": 1, "and": 2, "not": 3, "compare": 4, "+": 5, "-": 5, "*": 6, "negative": 7}


def write(node: Node, leaf: Callable[[Node], str], outer: int = 0) -> str:
    """The node as text; ``leaf`` writes names, numbers and calls. Brackets only where they are needed."""
    match node:
        case Negative(part):
            text, own = "-" + write(part, leaf, 7), 7
        case Arithmetic(op, left, right):
            own = _STRENGTH[op]
            sign = "×" if op == "*" else op
            text = f"{write(left, leaf, own)} {sign} {write(right, leaf, own + (op == '-'))}"
        case Extreme(fn, parts):
            return f"{fn}({', '.join(write(part, leaf) for part in parts)})"
        case Compare(op, left, right):
            text, own = f"{write(left, leaf, 5)} {op} {write(right, leaf, 5)}", 4
        case Member(item, among):
            listed = leaf(among) if isinstance(among, Name) else "[" + ", ".join(leaf(Code(c)) for c in among) + "]"
            text, own = f"{write(item, leaf, 5)} in {listed}", 4
        case Logic(op, parts):
            own = _STRENGTH[op]
            text = f" {op} ".join(write(part, leaf, own + 1) for part in parts)
        case Not(part):
            text, own = "not " + write(part, leaf, 4), 3
        case _:
            return leaf(node)
    return f"({text})" if own < outer else text


def plain(node: Node) -> str:
    """The node in the words of the table."""

    def leaf(part: Node) -> str:
        match part:
            case Number(text=text):
                return text
            case Name(name):
                return name
            case Code(value):
                return value
            case Day(value):
                return value.isoformat()
            case Call(fn, args):
                return f"{fn}({', '.join(write(one, leaf) for one in args)})"
            case _:  # pragma: no cover - write() handles every other node
                raise AssertionError(part)

    return write(node, leaf)


def may_hold(node: Node | None, fact: str) -> bool | None:
    """Whether a condition can hold for a code of ``fact`` that it does not name; None where other facts decide."""
    match node:
        case None:
            return True
        case Not(part):
            found = may_hold(part, fact)
            return None if found is None else not found
        case Logic(op, parts):
            decided = {may_hold(part, fact) for part in parts}
            decisive = op == "or"
            if decisive in decided:
                return decisive
            return None if None in decided else not decisive
        case Member(Name(of), tuple()) if of == fact:
            return False
        case Compare(op, Name(of), Code()) | Compare(op, Code(), Name(of)) if of == fact:
            return op == "!="
        case _:
            return None
