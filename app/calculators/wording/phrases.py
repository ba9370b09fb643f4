"""What stands in a table's terms, in Chinese and English: money, rates, days and expressions.

Nothing is rounded: money is written in 万元 or 亿元 only where that is whole, a rate shows all its decimals.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Final, Literal

from app.calculators.bilingual import Phrase
from app.calculators.expressions import nodes as ex
from app.calculators.expressions.functions import FUNCTIONS, MOMENTS, Parameter
from app.calculators.expressions.types import infer
from app.calculators.quantities.money import decimal_text, percent_text
from app.calculators.terms import builtins as nm
from app.calculators.terms.model import APPLICATION_DATE, UNKNOWN, Terms, Unknown

NOT_PUBLISHED: Final = Phrase("未公布", "not published")
NOTHING: Final = Phrase("无", "none")

_SIGNS: Final[Mapping[str, str]] = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "==": "=", "!=": "≠"}
_WORDS: Final[Mapping[str, Phrase]] = {
    "and": Phrase("且", "and"),
    "or": Phrase("或", "or"),
    "not": Phrase("非", "not"),
    "in": Phrase("属于", "in"),
}
_STRENGTH: Final = {"or": 1, "and": 2, "not": 3, "compare": 4, "+": 5, "-": 5, "*": 6, "negative": 7}
_COMPARED_AS: Final = (ex.MONEY, ex.RATE, ex.QUANTITY, ex.COUNT, ex.NUMBER, ex.DATE, ex.CODE, ex.BOOLEAN)


def money(yuan: Fraction) -> Phrase:
    """An amount in 元: ``Phrase("1000万元", "10,000,000.00 yuan")``."""
    sign, value = ("-" if yuan < 0 else ""), abs(yuan)
    for unit, name in ((10**8, "亿元"), (10**4, "万元")):
        if value and value % unit == 0:
            zh = f"{value.numerator // unit}{name}"
            break
    else:
        zh = f"{value.numerator}元" if value.denominator == 1 else f"{_cents(decimal_text(value))}元"
    whole, _, decimals = _cents(decimal_text(value)).partition(".")
    return Phrase(sign + zh, f"{sign}{int(whole):,}.{decimals} yuan")


def _cents(text: str) -> str:
    """A decimal with at least two decimals."""
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals:0<2}"


def quoted(text: str) -> Phrase:
    """A text of the notice, which has no translation."""
    return Phrase(f"“{text}”", f"“{text}”")


def bound(day: date | datetime | str | Unknown | None) -> Phrase:
    """The first or last day of a window."""
    if day is None:
        return Phrase("不限", "no limit")
    if day is UNKNOWN:
        return NOT_PUBLISHED
    if day == APPLICATION_DATE:
        return Phrase("申请日", "the application date")
    text = day.isoformat(" ", "minutes" if day.second == 0 else "seconds") if isinstance(day, datetime) else str(day)
    return Phrase(text, text)


def listed(parts: list[Phrase]) -> Phrase:
    """Several phrases, one after the other; 无 where there are none."""
    if not parts:
        return NOTHING
    return Phrase("、".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def title(name: str, terms: Terms) -> Phrase:
    """What a fact is called; declared facts, and the titles that a table gives to built-in ones, are Chinese only."""
    if name in terms.needs:
        return Phrase(terms.needs[name].title, name)
    fact = nm.BUILT_IN[terms.facts or "ITEMS"].get(name)  # an overlay's terms read facts of every kind alike: the applicant's
    return Phrase(name, name) if fact is None else Phrase(terms.titles.get(name, fact.zh), fact.en)


def counted_as(node: ex.Node, terms: Terms) -> str:
    """Of what type a banded ladder counts: COUNT, QUANTITY or MONEY."""
    (kind,) = infer(node, terms.types) & {ex.COUNT, ex.QUANTITY, ex.MONEY}
    return kind


def expression(node: ex.Node | Unknown | None, wanted: str, terms: Terms, *, factor: bool = False) -> Phrase:
    """An expression of a type, with the titles of its facts; ``unknown`` is 未公布; a ``factor`` is bracketed where it must be."""
    if node is None:
        return NOTHING
    if isinstance(node, Unknown):
        return NOT_PUBLISHED
    outer = _STRENGTH["*"] if factor else 0
    return Phrase(_Writer(terms, "zh").write(node, wanted, outer), _Writer(terms, "en").write(node, wanted, outer))


def meaning(node: ex.Node | Unknown | None) -> ex.Node | Unknown | None:
    """The expression without what only its spelling says: 500万 is 5000000, and ``in [A, B]`` is ``in [B, A]``."""
    match node:
        case ex.Number(value):
            return ex.Number(value, "", frozenset())
        case ex.Compare("==", left, ex.Code(value)):
            return ex.Member(_node(left), (value,))
        case ex.Member(item, tuple() as among):
            return ex.Member(item, tuple(sorted(among)))
        case ex.Compare(op, left, right):
            return ex.Compare(op, _node(left), _node(right))
        case ex.Arithmetic(op, left, right):
            return ex.Arithmetic(op, _node(left), _node(right))
        case ex.Extreme(fn, parts):
            return ex.Extreme(fn, tuple(map(_node, parts)))
        case ex.Logic(op, parts):
            return ex.Logic(op, tuple(map(_node, parts)))
        case ex.Negative(part):
            return ex.Negative(_node(part))
        case ex.Not(part):
            return ex.Not(_node(part))
        case ex.Call(fn, args):
            return ex.Call(fn, tuple(map(_node, args)))
        case _:
            return node


def _node(node: ex.Node) -> ex.Node:
    found = meaning(node)
    assert isinstance(found, ex.Node)
    return found


class _Writer:
    """Writes expressions in one language; each figure is written as the type that its place gives it."""

    def __init__(self, terms: Terms, language: Literal["zh", "en"]) -> None:
        self.terms = terms
        self.language = language

    def say(self, phrase: Phrase) -> str:
        return phrase.zh if self.language == "zh" else phrase.en

    def write(self, node: ex.Node, kind: str, outer: int = 0) -> str:
        """The text of a node of this type; brackets only where they are needed."""
        match node:
            case ex.Negative(part):
                text, own = "-" + self.write(part, kind, 7), _STRENGTH["negative"]
            case ex.Arithmetic("*", left, right):
                own = _STRENGTH["*"]
                text = f"{self.factor(left, right, kind)} × {self.factor(right, left, kind)}"
            case ex.Arithmetic(op, left, right):
                own = _STRENGTH[op]
                text = f"{self.write(left, kind, own)} {op} {self.write(right, kind, own + (op == '-'))}"
            case ex.Compare() | ex.Member():
                text, own = self.comparison(node), _STRENGTH["compare"]
            case ex.Logic(op, parts):
                own = _STRENGTH[op]
                text = f" {self.say(_WORDS[op])} ".join(self.write(part, ex.BOOLEAN, own + 1) for part in parts)
            case ex.Not(ex.Call(fn) as call) if (negated := FUNCTIONS[fn].says_not) is not None:
                text, own = self.call(call, negated), _STRENGTH["not"]
            case ex.Not(part):
                inner = self.write(part, ex.BOOLEAN, 4)
                inner = self.bracketed(inner) if isinstance(part, ex.Call) else inner  # its words are a sentence
                text, own = f"{self.say(_WORDS['not'])} {inner}".replace("非 （", "非（"), _STRENGTH["not"]
            case _:
                return self.leaf(node, kind)
        return text if own >= outer else self.bracketed(text)

    def bracketed(self, text: str) -> str:
        return f"（{text}）" if self.language == "zh" else f"({text})"

    def leaf(self, node: ex.Node, kind: str) -> str:
        match node:
            case ex.Number():
                return self.number(node, kind)
            case ex.Name(name):
                return self.say(title(name, self.terms))
            case ex.Day(value):
                return value.isoformat()
            case ex.Extreme(fn, parts):
                return f"{fn}({', '.join(self.write(part, kind) for part in parts)})"
            case ex.Call():
                return self.call(node)
            case ex.Code(value):
                return value
            case _:  # pragma: no cover - write() handles every other node
                raise AssertionError(node)

    def number(self, node: ex.Number, kind: str) -> str:
        if kind == ex.RATE or node.types == {ex.RATE}:
            return percent_text(node.value)
        return self.say(money(node.value)) if kind == ex.MONEY else decimal_text(node.value)

    def factor(self, node: ex.Node, other: ex.Node, kind: str) -> str:
        """One side of a product: of two factors of an amount, one at most is an amount."""
        kinds = infer(node, self.terms.types)
        own = ex.NUMBER
        if len(kinds) == 1:
            (own,) = kinds
        elif kind == ex.MONEY and ex.MONEY in kinds:
            scaled = isinstance(node, ex.Number) and node.text[-1] in "万亿"
            own = ex.MONEY if scaled or ex.MONEY not in infer(other, self.terms.types) else ex.NUMBER
        return self.write(node, own, _STRENGTH["*"])

    def comparison(self, node: ex.Compare | ex.Member) -> str:
        match node:
            case ex.Member(item, ex.Name(name)):
                return f"{self.write(item, ex.CODE, 5)} {self.say(_WORDS['in'])} {self.say(title(name, self.terms))}"
            case ex.Member(item, tuple() as among) if len(among) > 1:
                return f"{self.write(item, ex.CODE, 5)} {self.say(_WORDS['in'])} [{', '.join(self.code(one, item) for one in among)}]"
            case ex.Member(item, (code, *_)):
                return f"{self.write(item, ex.CODE, 5)} = {self.code(code, item)}"
            case ex.Compare(op, left, ex.Code(value)):
                return f"{self.write(left, ex.CODE, 5)} {_SIGNS[op]} {self.code(value, left)}"
            case ex.Compare(op, left, right):
                common = infer(left, self.terms.types) & infer(right, self.terms.types)
                kind = next(kind for kind in _COMPARED_AS if kind in common)
                return f"{self.write(left, kind, 5)} {_SIGNS[op]} {self.write(right, kind, 5)}"
            case _:  # pragma: no cover - a list of codes is never empty
                raise AssertionError(node)

    def code(self, code: str, fact: ex.Node) -> str:
        """A code, in Chinese by its title where the fact's codes have titles."""
        titles: Mapping[str, str] | None = None
        if self.language == "zh" and isinstance(fact, ex.Name):
            measure = self.terms.needs.get(fact.name)
            titles = nm.LOAN_TYPES if fact.name == "loan_type" else None if measure is None else measure.values
        return (titles or {}).get(code, code)

    def call(self, node: ex.Call, says: Phrase | None = None) -> str:
        """A call in the words of its function, or in those of its negation."""
        row = FUNCTIONS[node.fn]
        args, words = list(ex.given(node)), says or row.says
        if row.says_before is not None and isinstance(last := args[-1][1], ex.Negative):
            args[-1], words = (args[-1][0], last.part), row.says_before
        fact = "" if row.reads is None else self.say(title(row.reads, self.terms))
        return self.say(words).format(*[self.argument(one, arg) for one, arg in args], fact=fact)

    def argument(self, one: Parameter, arg: ex.Node) -> str:
        match arg:
            case ex.Name(name) if one.names is not None:
                return self.say(title(name, self.terms))
            case ex.Code(value):
                return self.say(MOMENTS[value].title) if one.moments else value
            case _ if one.moments:
                day = self.write(arg, ex.DATE)
                return self.say(Phrase(day, f"{'on' if isinstance(arg, ex.Day) else 'as of'} {day}"))
            case _:
                (kind,) = one.types
                return self.write(arg, kind)
