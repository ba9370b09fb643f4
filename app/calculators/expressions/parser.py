"""The text of an expression to its tree: a recursive descent over a grammar without division, loops or texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from app.calculators.bilingual import Phrase
from app.calculators.expressions import functions
from app.calculators.expressions.nodes import (
    COUNT,
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_NODES,
    MONEY,
    NUMBER,
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
)
from app.calculators.faults.telling import tell

_TOKEN = re.compile(
    r"\s*(?:(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9]))"
    r"|(?P<number>[1-9][0-9]*/[1-9][0-9]*(?![0-9./])|[0-9]+(?:\.[0-9]+)?(?:%|万元|亿元|万|亿|元)?)"
    r"|(?P<name>[a-z][a-z0-9_]*)"
    r"|(?P<code>[A-Z][A-Z0-9_]*)"
    r"|(?P<op>>=|<=|==|!=|[-+*×()\[\],><≥≤−]))"
)
_WIDE = str.maketrans("０１２３４５６７８９．％，（）", "0123456789.%,()")
_SAME = {"×": "*", "≥": ">=", "≤": "<=", "−": "-"}
FUNCTIONS = frozenset({*functions.EXTREMES, *functions.FUNCTIONS})
WORDS = {"and", "or", "not", "in"}


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    if len(text) > MAX_LENGTH:
        raise ExpressionError(tell("EXPRESSION_TOO_LONG", most=MAX_LENGTH))
    at = 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ExpressionError(tell("NOT_UNDERSTOOD", given=repr(text[at : at + 20])))
        kind = str(found.lastgroup)
        yield kind, _SAME.get(found[kind], found[kind])
        at = found.end()
    yield "end", ""


def _number(text: str) -> Number:
    if "/" in text:  # a part such as 1/3, which no percentage can say
        return Number(Fraction(text), text, frozenset({RATE, NUMBER}))
    found = re.fullmatch(r"([0-9.]+)(%?)([万亿]?)(元?)", text)
    assert found is not None  # the token pattern admits nothing else
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
            raise ExpressionError(tell("EXPECTED_HERE", wanted=repr(value), given=_shown(token[1])))
        self.at += 1
        return token

    def parse(self) -> Node:
        node = self.disjunction()
        if self.peek()[0] != "end":
            raise ExpressionError(tell("ONE_TOO_MANY", given=repr(self.peek()[1])))
        return node

    def disjunction(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(tell("EXPRESSION_TOO_DEEP", most=MAX_DEPTH))
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
        if kind == "name" and value not in WORDS and value not in FUNCTIONS:
            self.take()
            return Name(value)
        self.take("[")
        codes: list[str] = []
        while True:
            kind, value = self.take()
            if kind != "code":
                raise ExpressionError(tell("LIST_OF_CODES", given=repr(value)))
            if value in codes:
                raise ExpressionError(tell("TWICE_IN_LIST", given=value))
            codes.append(value)
            if self.take()[1] == "]":
                return tuple(codes)
            if self.tokens[self.at - 1][1] != ",":
                raise ExpressionError(tell("LIST_COMMAS"))

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
                raise ExpressionError(tell("EXPRESSION_TOO_DEEP", most=MAX_DEPTH))
            node = Negative(self.unary())
            self.depth -= 1
            return node
        return self.atom()

    def atom(self) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ExpressionError(tell("EXPRESSION_TOO_LARGE", most=MAX_NODES))
        kind, value = self.take()
        if kind == "number":
            return _number(value)
        if kind == "day":
            try:
                return Day(date.fromisoformat(value))
            except ValueError as wrong:
                raise ExpressionError(tell("NOT_A_DATE", given=value)) from wrong
        if kind == "code":
            return Code(value)
        if (kind, value) == ("op", "("):
            node = self.disjunction()
            self.take(")")
            return node
        if kind == "name" and value in FUNCTIONS and self.peek() == ("op", "("):
            return self.call(value)
        if kind == "name" and value not in WORDS:
            return Name(value)
        raise ExpressionError(tell("NOT_EXPECTED", given=_shown(value)))

    def call(self, fn: str) -> Node:
        self.take("(")
        args = [self.disjunction()]
        while self.peek()[1] == ",":
            self.take()
            args.append(self.disjunction())
        self.take(")")
        extreme = next((name for name in functions.EXTREMES if name == fn), None)
        if extreme is not None:
            if len(args) < 2:
                raise ExpressionError(tell("TAKES_TWO_PARTS", function=fn))
            return Extreme(extreme, tuple(args))
        wanted = len(functions.FUNCTIONS[fn].parameters)
        if len(args) != wanted:
            raise ExpressionError(tell("TAKES_PARTS", function=fn, wanted=wanted))
        return Call(fn, tuple(args))


def parse(text: str) -> Node:
    """The tree of ``text``. Errors: ExpressionError, with the right spelling where only figures are misspelt."""
    try:
        return _Parser(text).parse()
    except ExpressionError:
        right = _respelt(text) if len(text) <= MAX_LENGTH else text
        if right != text and _understood(right):
            raise ExpressionError(tell("WRITTEN_OTHERWISE", right=right, given=repr(text))) from None
        raise


def _respelt(text: str) -> str:
    """Figures as they are written here: ``500 万``, ``5,000,000``, ``0.5％`` and ``1.5个百分点`` are 500万, 5000000, 0.5% and 1.5%."""
    text = re.sub(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", "", text.translate(_WIDE))
    return re.sub(r"(?<=[0-9])\s*(?:个百分点|(?=[万亿元%]))", lambda found: "%" if found[0].strip() else "", text)


def _shown(sign: str) -> str | Phrase:
    return repr(sign) if sign else tell("THE_END")


def _understood(text: str) -> bool:
    try:
        _Parser(text).parse()
    except ExpressionError:
        return False
    return True
