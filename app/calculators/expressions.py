"""The expression language of a rate table: one tree that is checked, printed and evaluated.

``rate: min(2.5%, contract_rate)``, ``limit: 2% * disbursed``, ``when: category in [MPW]``. Numbers are
exact rationals; money is in 元. There is no division, loop or text operation, and no name that the
table has not declared. A literal such as ``1000`` may stand for money, a count or a quantity, so each
node has the *set* of types that it can have, and the place where it stands chooses (``infer``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from app.calculators.days import months_after

MAX_LENGTH = 600
MAX_DEPTH = 24
MAX_NODES = 240

MONEY, RATE, NUMBER, COUNT, QUANTITY = "MONEY", "RATE", "NUMBER", "COUNT", "QUANTITY"
DATE, BOOLEAN, CODE, CODES = "DATE", "BOOLEAN", "CODE", "CODES"
NUMERIC = frozenset({MONEY, RATE, NUMBER, COUNT, QUANTITY})

LOOKUPS = ("DAY", "SIGNED_ON", "FIRST_DRAWDOWN", "EACH_DRAWDOWN", "APPLICATION_DATE", "JAN_1", "JAN_1_LAST_YEAR")
STATUS_TIMES = ("AT_FIRST_DRAWDOWN", "AT_APPLICATION", "ON_DAY")

Value = Any  # Fraction, int, bool, date, str or tuple of str: the language is dynamically valued, statically typed
Types = frozenset[str]


class ExpressionError(ValueError):
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


@dataclass(frozen=True, slots=True)
class Day:
    value: date


@dataclass(frozen=True, slots=True)
class Code:
    value: str


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Negative:
    part: Node


@dataclass(frozen=True, slots=True)
class Arithmetic:
    op: str  # + - *
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Extreme:
    fn: str  # min max
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Member:
    """``fact in [A, B]`` or ``CODE in codes``."""

    item: Node
    among: tuple[str, ...] | Name


@dataclass(frozen=True, slots=True)
class Logic:
    op: str  # and or
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


@dataclass(frozen=True, slots=True)
class Call:
    """``months_after``, ``reference``, ``status``, ``earned``, ``dishonest_since``, ``total``."""

    fn: str
    args: tuple[Node, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """Under what a scope answers it: the function and its literal arguments."""
        return (self.fn, *(_literal(argument) for argument in self.args))


Node = Number | Day | Code | Name | Negative | Arithmetic | Extreme | Compare | Member | Logic | Not | Call


def _literal(node: Node) -> str:
    match node:
        case Code(value):
            return value
        case Name(name):
            return name
        case Day(value):
            return value.isoformat()
        case _:
            return ""


# --- reading ---------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"\s*(?:(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9]))"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?(?:%|万元|亿元|万|亿|元)?)"
    r"|(?P<name>[a-z][a-z0-9_]*)"
    r"|(?P<code>[A-Z][A-Z0-9_]*)"
    r"|(?P<op>>=|<=|==|!=|[-+*×()\[\],><≥≤−]))"
)
_SAME = {"×": "*", "≥": ">=", "≤": "<=", "−": "-"}
_FUNCTIONS = {"min", "max", "months_after", "reference", "status", "earned", "dishonest_since", "total"}
_WORDS = {"and", "or", "not", "in"}


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"表达式过长（至多 {MAX_LENGTH} 字）")
    at = 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ExpressionError(f"无法识别: {text[at : at + 20]!r}")
        kind = str(found.lastgroup)
        yield kind, _SAME.get(found[kind], found[kind])
        at = found.end()
    yield "end", ""


def _number(text: str) -> Number:
    found = re.fullmatch(r"([0-9.]+)(%?)([万亿]?)(元?)", text)
    if found is None:  # the token pattern admits nothing else
        raise ExpressionError(f"不是数: {text}")
    digits, percent, scale, yuan = found.groups()
    value = Fraction(digits) * {"": 1, "万": 10**4, "亿": 10**8}[scale]
    if percent:
        return Number(value * Fraction(1, 100), text, frozenset({RATE}))
    if yuan:
        return Number(value, text, frozenset({MONEY}))
    types = {MONEY, QUANTITY, NUMBER}
    if value.denominator == 1:
        types.add(COUNT)
    if not scale:
        types.add(RATE)
    return Number(value, text, frozenset(types))


class _Parser:
    """Recursive descent over the tokens; precedence: or < and < not < comparison < + - < * < unary."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0
        self.depth = 0
        self.nodes = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at]

    def take(self, value: str | None = None) -> tuple[str, str]:
        token = self.tokens[self.at]
        if value is not None and token[1] != value:
            raise ExpressionError(f"此处应为 {value!r}，而不是 {token[1] or '结尾'!r}")
        self.at += 1
        return token

    def parse(self) -> Node:
        node = self.disjunction()
        if self.peek()[0] != "end":
            raise ExpressionError(f"多余的 {self.peek()[1]!r}")
        return node

    def disjunction(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(f"嵌套过深（至多 {MAX_DEPTH} 层）")
        parts = [self.conjunction()]
        while self.peek() == ("name", "or"):
            self.take()
            parts.append(self.conjunction())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Logic("or", tuple(parts))

    def conjunction(self) -> Node:
        parts = [self.negation()]
        while self.peek() == ("name", "and"):
            self.take()
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else Logic("and", tuple(parts))

    def negation(self) -> Node:
        inverted = False
        while self.peek() == ("name", "not"):
            self.take()
            inverted = not inverted
        node = self.comparison()
        return Not(node) if inverted else node

    def comparison(self) -> Node:
        left = self.sum()
        kind, value = self.peek()
        if kind == "op" and value in {">=", "<=", "==", "!=", ">", "<"}:
            self.take()
            return Compare(value, left, self.sum())
        if (kind, value) == ("name", "in"):
            self.take()
            return Member(left, self.among())
        return left

    def among(self) -> tuple[str, ...] | Name:
        kind, value = self.peek()
        if kind == "name" and value not in _WORDS and value not in _FUNCTIONS:
            self.take()
            return Name(value)
        self.take("[")
        codes: list[str] = []
        while True:
            kind, value = self.take()
            if kind != "code":
                raise ExpressionError(f"列表中应为代码，而不是 {value!r}")
            if value in codes:
                raise ExpressionError(f"列表中 {value} 重复")
            codes.append(value)
            if self.take()[1] == "]":
                return tuple(codes)
            if self.tokens[self.at - 1][1] != ",":
                raise ExpressionError("列表各项以逗号分隔")

    def sum(self) -> Node:
        node = self.product()
        while self.peek()[0] == "op" and self.peek()[1] in {"+", "-"}:
            node = Arithmetic(self.take()[1], node, self.product())
        return node

    def product(self) -> Node:
        node = self.unary()
        while self.peek() == ("op", "*"):
            self.take()
            node = Arithmetic("*", node, self.unary())
        return node

    def unary(self) -> Node:
        if self.peek() == ("op", "-"):
            self.take()
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise ExpressionError(f"嵌套过深（至多 {MAX_DEPTH} 层）")
            node = Negative(self.unary())
            self.depth -= 1
            return node
        return self.atom()

    def atom(self) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ExpressionError(f"表达式过大（至多 {MAX_NODES} 项）")
        kind, value = self.take()
        if kind == "number":
            return _number(value)
        if kind == "day":
            try:
                return Day(date.fromisoformat(value))
            except ValueError as wrong:
                raise ExpressionError(f"不是日期: {value}") from wrong
        if kind == "code":
            return Code(value)
        if (kind, value) == ("op", "("):
            node = self.disjunction()
            self.take(")")
            return node
        if kind == "name" and value in _FUNCTIONS:
            return self.call(value)
        if kind == "name" and value not in _WORDS:
            return Name(value)
        raise ExpressionError(f"此处不应为 {value or '结尾'!r}")

    def call(self, fn: str) -> Node:
        self.take("(")
        args = [self.disjunction()]
        while self.peek()[1] == ",":
            self.take()
            args.append(self.disjunction())
        self.take(")")
        if fn in {"min", "max"}:
            if len(args) < 2:
                raise ExpressionError(f"{fn} 至少两项")
            return Extreme(fn, tuple(args))
        wanted = {"months_after": 2, "reference": 2, "status": 2}.get(fn, 1)
        if len(args) != wanted:
            raise ExpressionError(f"{fn} 要 {wanted} 项")
        return Call(fn, tuple(args))


def parse(text: str) -> Node:
    """The tree of ``text``. Errors: ExpressionError."""
    if not text.strip():
        raise ExpressionError("表达式为空")
    return _Parser(text).parse()


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
        case Call("months_after" | "dishonest_since", args):
            return args
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it. Literal arguments of ``reference``, ``status`` and such are no nodes."""
    yield node
    for part in children(node):
        yield from walk(part)


def reads(node: Node) -> frozenset[str]:
    """The names of the facts that the node reads (also inside ``total``)."""
    found = {part.name for part in walk(node) if isinstance(part, Name)}
    found |= {_literal(part.args[0]) for part in walk(node) if isinstance(part, Call) and part.fn == "total"}
    return frozenset(found)


def calls(node: Node, fn: str) -> list[Call]:
    """The calls of one function in the node."""
    return [part for part in walk(node) if isinstance(part, Call) and part.fn == fn]


# --- typing ----------------------------------------------------------------------------------------

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


# --- value and text --------------------------------------------------------------------------------

Lookup = Callable[[str | tuple[str, ...]], Value]
"""Answers a name, or the key of a call; raises MissingFact."""

_COMPARE: dict[str, Callable[[Value, Value], bool]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def evaluate(node: Node, of: Lookup) -> Value:
    """The exact value of the node. ``and``, ``or`` read only as many facts as decide them."""
    match node:
        case Number(value) | Day(value) | Code(value):
            return value
        case Name(name):
            return of(name)
        case Negative(part):
            return -evaluate(part, of)
        case Arithmetic("+", left, right):
            return evaluate(left, of) + evaluate(right, of)
        case Arithmetic("-", left, right):
            return evaluate(left, of) - evaluate(right, of)
        case Arithmetic(_, left, right):
            return evaluate(left, of) * evaluate(right, of)
        case Extreme("min", parts):
            return min(evaluate(part, of) for part in parts)
        case Extreme(_, parts):
            return max(evaluate(part, of) for part in parts)
        case Compare(op, left, right):
            return _COMPARE[op](evaluate(left, of), evaluate(right, of))
        case Member(item, Name(among)):
            return evaluate(item, of) in of(among)
        case Member(item, tuple() as among):
            return evaluate(item, of) in among
        case Logic("and", parts):
            return all(evaluate(part, of) for part in parts)
        case Logic(_, parts):
            return any(evaluate(part, of) for part in parts)
        case Not(part):
            return not evaluate(part, of)
        case Call("months_after", (start, months)):
            return months_after(evaluate(start, of), int(evaluate(months, of)))
        case Call("dishonest_since", (start,)):
            return of(("dishonest_since", evaluate(start, of).isoformat()))
        case Call():
            return of(node.key)


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
